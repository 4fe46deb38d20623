import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { accessBehaviours } from "../harness/hostile/access.ts";
import { documentBehaviours } from "../harness/hostile/documents.ts";
import { answer, type Behaviour, isLayer } from "../harness/hostile/exchange.ts";
import { type HostileRegistry, startHostileRegistry } from "../harness/hostile/hostile-registry.ts";
import { integrityBehaviours } from "../harness/hostile/integrity.ts";
import { lastingInterruptions, passingInterruptions, stalls } from "../harness/hostile/interruptions.ts";
import { lastingLeads, passingLeads } from "../harness/hostile/leads.ts";
import { hasBlobFile } from "../harness/images/blob-file.ts";
import { damagedBlobs } from "../harness/images/damaged-blobs.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { file } from "../harness/images/tar-layer.ts";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const lies: Record<string, Behaviour> = {
  ...integrityBehaviours,
  ...documentBehaviours,
  ...accessBehaviours,
  ...lastingInterruptions,
  ...lastingLeads,
};
const passing: Record<string, Behaviour> = { ...passingInterruptions, ...passingLeads };
const everything: Record<string, Behaviour> = { ...lies, ...passing, ...stalls };
const redirects = [
  ["redirect-loop", "redirects in a circle"],
  ["redirect-circle", "redirects in a circle"],
  ["redirect-on-and-on", "more than 10 redirects"],
] as const;
const credentials = Buffer.from(JSON.stringify({ username: "anna", password: "S3CR3T-marker" })).toString("base64url");

systemSuite("a pull from a registry that misbehaves", (suite) => {
  let registry: HostileRegistry;

  beforeAll(async () => {
    const repositories = Object.entries(everything).map(async ([name, behaviour]) => [
      name.toLowerCase(),
      { image: await unknownImage(), behaviour },
    ]);
    registry = await startHostileRegistry(Object.fromEntries(await Promise.all(repositories)));
  });
  afterAll(() => registry[Symbol.asyncDispose]());

  const pull = (name: string, signal?: AbortSignal) =>
    suite.api("POST", `/images/create?fromImage=${registry.host}/${name.toLowerCase()}&tag=latest`, undefined, {
      headers: { "x-registry-auth": credentials },
      ...(signal && { signal }),
    });
  const isListed = async (name: string) =>
    (await suite.api("GET", `/images/${registry.host}/${name.toLowerCase()}:latest/json`)).status === 200;

  describe.each(Object.keys(lies))("%s", (name) => {
    it("fails with a message and leaves no image", async () => {
      const { status, body } = await pull(name);

      const text = typeof body === "string" ? body : JSON.stringify(body);
      expect(status === 200 ? text : `"message" ${status}`).toMatch(/"errorDetail"|"message"/);
      expect(text).not.toContain("S3CR3T-marker");
      expect(await isListed(name)).toBe(false);
    });
  });

  describe.each(Object.keys(passing))("%s", (name) => {
    it("succeeds all the same", async () => {
      const { status, body } = await pull(name);

      expect({ status, body }).toEqual({ status: 200, body: expect.not.stringContaining("errorDetail") });
      expect(await isListed(name)).toBe(true);
    });
  });

  describe.each(Object.keys(stalls))("%s", (name) => {
    it("ends at once when the client goes away, and leaves no image", async () => {
      const controller = new AbortController();
      const pending = pull(name, controller.signal);
      await eventually(() => expect(registry.requests.some(({ path }) => path.includes(`/${name}/blobs/`))).toBe(true));

      controller.abort();

      await expect(pending).rejects.toThrow();
      expect(await isListed(name)).toBe(false);
    });
  });

  const timesAsked = (name: string) => {
    const paths = registry.requests
      .filter(({ path }) => path.startsWith(`/v2/${name}/`))
      .map(({ method, path }) => `${method} ${path}`);
    return Math.max(...Object.values(Object.groupBy(paths, (path) => path)).map((same = []) => same.length));
  };

  it.each(Object.keys({ ...lastingInterruptions, ...lastingLeads }))("asked six times at most for %s", (name) => {
    expect(timesAsked(name)).toBeLessThanOrEqual(6);
  });

  it.each(["answers-403", "answers-404", "manifest-429-very-long", ...redirects.map(([name]) => name)])(
    "asked once where the answer is final: %s",
    (name) => {
      expect(timesAsked(name)).toBe(1);
    },
  );

  it.each(redirects)("says where a registry leads: %s", async (name, why) => {
    expect(JSON.stringify((await pull(name)).body)).toMatch(
      new RegExp(`/v2/${name}/blobs/sha256:[0-9a-f]{64}: ${why}`),
    );
  });

  it("waited as long as it was told to", () => {
    const asked = registry.requests.filter(({ path }) =>
      path.startsWith("/v2/manifest-429-retry-after/manifests/latest"),
    );
    expect((asked[1]?.atMs ?? 0) - (asked[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it("kept no byte that is not what its digest says", async () => {
    expect(await damagedBlobs(suite.tdockd)).toEqual([]);
  });

  it("never showed a credential to another origin", () => {
    const leaked = registry.foreignRequests.filter(
      ({ headers }) => headers.authorization || headers.cookie || headers["x-registry-auth"],
    );
    expect(leaked).toEqual([]);
  });

  it("never asked for a path that a malformed digest made", () => {
    const odd = registry.requests.filter(
      ({ path }) => /\.\.|md5|null|undefined/.test(path.split("?")[0] ?? "") && path.length > 200,
    );
    expect(odd).toEqual([]);
  });

  it("wrote no credential into its log or below its data root", async () => {
    const { dataRoot } = suite.tdockd.layout;
    for (const secret of ["S3CR3T-marker", Buffer.from("anna:S3CR3T-marker").toString("base64")]) {
      expect(await suite.tdockd.log()).not.toContain(secret);
      expect((await runProgram("grep", ["-rlF", secret, dataRoot])).stdout).toBe("");
    }
  });

  it("left the server answering, and no larger than before", async () => {
    expect((await suite.api("GET", "/_ping")).status).toBe(200);
    const status = await readFile(`/proc/${suite.tdockd.pid}/status`, "utf8");
    expect(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1])).toBeLessThan(400_000);
  });

  it("refuses a layer that has become another one since the last pull", async () => {
    const image = await unknownImage();
    let isSwapped = false;
    const behaviour: Behaviour = (exchange) =>
      isSwapped && isLayer(exchange) && answer(exchange, "", randomBytes(image.layers[0]?.size ?? 0));
    await using swapping = await startHostileRegistry({ app: { image, behaviour } });
    const name = `${swapping.host}/app:1`;
    await suite.mustTdock(["pull", "-q", name]);
    await suite.mustTdock(["rmi", name]);

    isSwapped = true;
    const { exitCode, stderr } = await suite.tdock(["pull", name]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("verification failed") });
    expect((await suite.api("GET", `/images/${name}/json`)).status).toBe(404);
    expect(await hasBlobFile(suite.tdockd, image.layers[0]?.digest ?? "")).toBe(false);
  });

  it("refuses a digest that the named repository has not, though another one has it", async () => {
    const image = await unknownImage();
    await using two = await startHostileRegistry({ has: { image }, "has-not": { image: await unknownImage() } });
    await suite.mustTdock(["pull", "-q", `${two.host}/has`]);

    const { exitCode } = await suite.tdock(["pull", `${two.host}/has-not:latest@${image.manifest.digest}`]);

    expect(exitCode).toBe(1);
    expect((await suite.api("GET", `/images/${two.host}/has-not:latest/json`)).status).toBe(404);
  });
});

/** An image whose layer is nowhere yet, so that a pull has to fetch it. */
async function unknownImage() {
  return imageOf({ layers: [await layerOf([file("noise", randomBytes(300_000))])] });
}
