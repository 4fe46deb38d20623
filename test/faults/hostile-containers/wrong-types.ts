import { expect, it } from "vitest";
import { busyboxConfig, busyboxEntries } from "../../harness/images/busybox.ts";
import { imageOf, layerOf } from "../../harness/images/oci-image.ts";
import { pushImage } from "../../harness/images/push.ts";
import type { Suite } from "../../harness/suite.ts";
import { attempt } from "./attempt.ts";

const privileged = { Privileged: true, privileged: true, CapAdd: ["ALL"], ReadonlyRootfs: true };

/** What JSON says, with members that JavaScript's objects have of themselves. */
const nested = JSON.parse(
  `{"__proto__": ${JSON.stringify(privileged)}, "constructor": {"prototype": {"Privileged": true}}}`,
);
const flat = JSON.parse('{"__proto__": "x", "constructor": "y", "prototype": "z", "toString": "t"}');

/** Configurations of an image whose members are of another type than they should be: the image is refused. */
const refused: Readonly<Record<string, object>> = {
  "an entrypoint that is a map": { Entrypoint: { 0: "/bin/sh" } },
  "an entrypoint that is a number": { Entrypoint: 5 },
  "a command of numbers": { Cmd: [1, 2] },
  "an environment that is a string": { Env: "A=b" },
  "an environment that is a map": { Env: { A: "b" } },
  "an environment of null": { Env: [null] },
  "labels that are a list": { Labels: ["a=b"] },
  "labels that are maps": { Labels: { a: { b: "c" } } },
  "labels of a prototype": { Labels: nested },
  "volumes that are a list": { Volumes: ["/data"] },
  "volumes that are a string": { Volumes: "/data" },
  "ports that are a list": { ExposedPorts: ["80/tcp"] },
  "a user that is a number": { User: 0 },
  "a folder that is a list": { WorkingDir: ["/"] },
  "a stop signal that is a number": { StopSignal: 9 },
  "a health check that is a list": { Healthcheck: ["CMD", "true"] },
  "a health check that is a string": { Healthcheck: "CMD true" },
  "a health check whose test is a string": { Healthcheck: { Test: "true" } },
  "a health check with half a nanosecond": { Healthcheck: { Test: ["CMD", "true"], Interval: 0.5 } },
};

/** Configurations that are odd, and mean something all the same; each with what its container prints. */
const accepted: Readonly<Record<string, readonly [config: object, output: string]>> = {
  "an entrypoint that is one string": [{ Entrypoint: "/bin/pwd", Cmd: null }, "/\n"],
  "nothing at all": [
    { Env: null, Entrypoint: null, Cmd: ["pwd"], Labels: null, Volumes: null, ExposedPorts: null, Healthcheck: null },
    "/\n",
  ],
  "labels of JavaScript's names": [{ Labels: flat, Cmd: ["pwd"] }, "/\n"],
  "members of JavaScript's names": [{ ...nested, Cmd: ["pwd"] }, "/\n"],
  "volumes and ports of JavaScript's names": [
    { Volumes: JSON.parse('{"/__proto__": {"Privileged": true}}'), ExposedPorts: { "80/tcp": nested }, Cmd: ["pwd"] },
    "/\n",
  ],
};

/** Row D11: members of another type, and names that JavaScript's objects have of themselves. */
export function wrongTypeTests(suite: Suite): void {
  const push = async (config: object) => {
    const layers = [await layerOf(await busyboxEntries())];
    // By its members' own names: a spread would take __proto__ for what it is not.
    const own = Object.assign(Object.create(null), busyboxConfig);
    for (const [key, value] of Object.entries(config)) Object.defineProperty(own, key, { value, enumerable: true });
    await pushImage(suite.registry, "typed", imageOf({ layers, config: own }));
    return suite.image("typed");
  };
  const pull = (name: string) => suite.tdock(["pull", "-q", name]);
  /** Whether anything that another container has not of itself has come to it by a prototype. */
  const expectNothingInherited = async () => {
    const { output } = await attempt(suite, { Cmd: ["sh", "-c", "grep CapEff /proc/self/status; touch /written"] });
    expect(output).toBe("CapEff:\t00000000a80425fb\n");
  };

  it.each(Object.keys(refused))("refuses an image with %s", async (name) => {
    const { exitCode, stderr } = await pull(await push(refused[name] ?? {}));

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("invalid image configuration: config.")]);
    expect((await suite.api("GET", `/images/${suite.image("typed")}/json`)).status).toBe(404);
    await expectNothingInherited();
  });

  it.each(Object.keys(accepted))("takes an image with %s for what it says", async (name) => {
    const [config, output] = accepted[name] ?? [{}, ""];
    const Image = await push(config);
    expect(await pull(Image)).toMatchObject({ exitCode: 0 });

    expect(await attempt(suite, { Image })).toMatchObject({ status: 204, output, exitCode: 0 });
    await expectNothingInherited();
    await suite.mustTdock(["rmi", Image]);
  });

  it("keeps labels of JavaScript's names to the container that has them, through list, filter and commit", async () => {
    const Image = await push({ Labels: flat, Cmd: ["true"] });
    expect(await pull(Image)).toMatchObject({ exitCode: 0 });
    const odd = (await suite.api("POST", "/containers/create", { Image })).body.Id;
    const other = (await suite.api("POST", "/containers/create", { Image: suite.busybox })).body.Id;
    const labelled = async (label: string) => {
      const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
      const found: { Id: string }[] = (await suite.api("GET", `/containers/json?all=1&filters=${filters}`)).body;
      return found.map(({ Id }) => Id);
    };

    for (const label of ["__proto__", "__proto__=x", "constructor", "constructor=y", "toString=t"]) {
      expect([label, await labelled(label)]).toEqual([label, [odd]]);
    }
    expect(await labelled("hasOwnProperty")).toEqual([]);
    const { Id } = (await suite.api("POST", `/commit?container=${odd}`)).body;
    for (const path of [`containers/${odd}`, `images/${Id}`, `images/${Image}`]) {
      const answer = await suite.tdockd.apiStream("GET", `/${path}/json`);
      expect(await answer.body.text()).toContain('"__proto__":"x"');
    }
    await suite.api("DELETE", `/images/${Id}`);
    for (const id of [odd, other]) await suite.api("DELETE", `/containers/${id}`);
    await suite.mustTdock(["rmi", Image]);
  });

  it("passes over prototypes that a request wants to give", async () => {
    const hostile = JSON.stringify(privileged);
    const body = `{"Image": "${suite.busybox}", "Cmd": ["grep", "CapEff", "/proc/self/status"],
      "__proto__": ${hostile}, "HostConfig": {"__proto__": ${hostile}, "constructor": {"prototype": ${hostile}}}}`;
    const { Id } = (await suite.api("POST", "/containers/create", body)).body;

    expect(await suite.mustTdock(["start", "-a", Id])).toMatch(/00000000a80425fb$/);
    expect((await suite.api("GET", `/containers/${Id}/json`)).body.HostConfig.Privileged).toBe(false);
    await expectNothingInherited();
    await suite.api("DELETE", `/containers/${Id}`);
  });

  it.each([
    ["no port", { "x/tcp": {} }],
    ["a port out of range", { "70000/tcp": {} }],
    ["a range of all there are", { "1-65535/tcp": {} }],
    ["thousands of ranges", Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`1-${i + 50_000}/tcp`, {}]))],
  ])("does not publish, when all is to be published, an image's %s", async (_, ExposedPorts) => {
    const Image = await push({ ExposedPorts, Cmd: ["true"] });
    expect(await pull(Image)).toMatchObject({ exitCode: 0 });
    const before = Date.now();

    const answer = await attempt(suite, { Image, HostConfig: { PublishAllPorts: true } });

    expect(answer).toMatchObject({ status: 400, message: expect.stringMatching(/port/) });
    expect(Date.now() - before).toBeLessThan(5000);
    expect(await attempt(suite, { Image })).toMatchObject({ status: 204, exitCode: 0 });
    await suite.mustTdock(["rmi", Image]);
  });
}
