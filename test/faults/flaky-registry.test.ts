import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { answerStatus, type Behaviour, isLayer } from "../harness/hostile/exchange.ts";
import { startHostileRegistry } from "../harness/hostile/hostile-registry.ts";
import { resetLayerAt, stalls } from "../harness/hostile/interruptions.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { file } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { startSilentServer } from "../harness/registry/silent-server.ts";
import { systemSuite } from "../harness/suite.ts";

const mib = 1 << 20;
const isTakenAsSuccess = ({ exitCode }: { readonly exitCode: number | undefined }) => exitCode === 0;

systemSuite("a pull from a registry that fails now and then", (suite) => {
  const pullAll = (host: string, names: readonly string[]) =>
    Promise.all(names.map((name) => suite.tdock(["pull", "-q", `${host}/${name}`], { timeoutMs: 120_000 })));

  // What waits more than it works does so at the same time.
  it.concurrent("gives up waiting after half a minute and tries again, and ends when nothing moves for a minute, or next to nothing", async () => {
    await using silent = await startSilentServer();
    const image = await noiseImage("silent");
    const location = `https://127.0.0.1:${silent.port}/`;
    const lasting: Behaviour = (exchange) => isLayer(exchange) && answerStatus(exchange, 307, { location });
    const repositories = Object.entries(stallingOnce).map(async ([name, behaviour]) => [
      name,
      { image: await noiseImage(name), behaviour },
    ]);
    await using registry = await startHostileRegistry({
      ...Object.fromEntries(await Promise.all(repositories)),
      silent: { image, behaviour: lasting },
      trickling: { image: await noiseImage("trickling"), behaviour: stalls.trickle },
    });

    const [ended, trickled, ...others] = await pullAll(registry.host, [
      "silent",
      "trickling",
      ...Object.keys(stallingOnce),
    ]);

    expect(others.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      Object.keys(stallingOnce).map(() => ({ exitCode: 0, stderr: "" })),
    );
    expect(ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(`https://127.0.0.1:${silent.port}: .*gave up after \\d tries`),
    });
    expect(trickled).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching("less than 1024 bytes came in 30 seconds .gave up after 2 tries"),
    });
  }, 150_000);

  it.concurrent("succeeds 99 times of 100 when 30 % of the requests fail", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `flaky-${index}`);
    const repositories = names.map(async (name) => [name, { image: await noiseImage(name), behaviour: failingOften }]);
    await using registry = await startHostileRegistry(Object.fromEntries(await Promise.all(repositories)));

    const outcomes = [];
    for (let at = 0; at < names.length; at += 25)
      outcomes.push(...(await pullAll(registry.host, names.slice(at, at + 25))));

    expect(outcomes.filter(isTakenAsSuccess).length).toBeGreaterThanOrEqual(99);
  }, 180_000);

  it.concurrent("goes on where it was when the connection breaks after every MiB", async () => {
    const image = await noiseImage("broken", 8 * mib);
    const behaviour = resetLayerAt((size) => Math.min(size, mib), Number.POSITIVE_INFINITY);
    await using registry = await startHostileRegistry({ broken: { image, behaviour } });

    const { exitCode, stderr } = await suite.tdock(["pull", "-q", `${registry.host}/broken`]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const starts = registry.requests.flatMap(({ headers }) => /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? []);
    expect(starts.length).toBeGreaterThanOrEqual(8);
    expect(starts).toEqual(starts.toSorted((one, other) => Number(one) - Number(other)));
  });

  it.concurrent("is not multiplied by the tries of an upload, in a copy from registry to registry", async () => {
    const image = await noiseImage("copied");
    const behaviour = resetLayerAt(() => 0, Number.POSITIVE_INFINITY);
    await using registry = await startHostileRegistry({ copied: { image, behaviour } });

    const { exitCode, stderr } = await suite.tdock([
      "image",
      "copy",
      `${registry.host}/copied`,
      suite.image("copied:1"),
    ]);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(`${registry.host}: .*gave up after 6 tries`),
    });
    expect(registry.requests.filter(({ path }) => path.endsWith(image.layers[0]?.digest ?? "none"))).toHaveLength(6);
  });

  it("downloads once for twenty clients, whichever of them go away", async () => {
    const held = Promise.withResolvers<void>();
    const image = await noiseImage("wanted");
    const behaviour: Behaviour = (exchange) => {
      if (!isLayer(exchange)) return false;
      const [layer] = exchange.image.layers;
      exchange.response.writeHead(200, { "content-length": layer?.size ?? 0 });
      exchange.response.write(layer?.content.subarray(0, 1000));
      held.promise.then(() => exchange.response.end(layer?.content.subarray(1000)));
      return true;
    };
    await using registry = await startHostileRegistry({ wanted: { image, behaviour } });
    const path = `/images/create?fromImage=${registry.host}/wanted&tag=latest`;
    const clients = Array.from({ length: 20 }, () => new AbortController());
    const pulls = clients.map(({ signal }) => suite.api("POST", path, undefined, { signal }));
    const isAskedFor = ({ path: one }: { path: string }) => one.endsWith(image.layers[0]?.digest ?? "none");
    const manifests = () => registry.requests.filter(({ path: one }) => one.includes("/manifests/")).length;
    await eventually(() => expect([manifests(), registry.requests.filter(isAskedFor).length]).toEqual([20, 1]));

    for (const [index, client] of clients.entries()) if (index % 3 !== 1) client.abort();
    const gone = await Promise.allSettled(pulls.filter((_, index) => index % 3 !== 1));
    held.resolve();
    const stayed = await Promise.all(pulls.filter((_, index) => index % 3 === 1));

    expect(new Set(gone.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(stayed.map(({ status, body }) => status === 200 && !body.includes("errorDetail"))).toEqual(
      Array(7).fill(true),
    );
    expect(registry.requests.filter(isAskedFor)).toHaveLength(1);
  });

  it("makes do with what is here when the registry wants no more questions, and says so", async () => {
    let isLimited = false;
    const behaviour: Behaviour = (exchange) =>
      isLimited && exchange.kind === "manifest" && answerStatus(exchange, 429, { "retry-after": "3600" });
    const image = await noiseImage("limited");
    await using registry = await startHostileRegistry({ limited: { image, behaviour } });
    const name = `${registry.host}/limited:1`;
    await suite.mustTdock(["pull", "-q", name]);

    isLimited = true;
    const again = await suite.tdock(["pull", name]);
    const other = await suite.tdock(["pull", `${registry.host}/limited:2`]);

    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Warning: .*; using the local copy/) });
    expect(again.stdout).toContain("Status: Image is up to date");
    expect(other).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/429|toomanyrequests|too many requests/i),
    });
  });

  it("keeps what arrives from the collector for as long as it takes, and no longer", async () => {
    const image = await noiseImage("held");
    await using registry = await startHostileRegistry({ held: { image, behaviour: stalls["stall-in-body"] } });
    const leases = async () => {
      const address = `${suite.tdockd.layout.execRoot}/containerd/containerd.sock`;
      const lines = (await mustRun("ctr", ["-a", address, "-n", "tdock", "leases", "ls"])).split("\n");
      return lines.filter((line) => line.startsWith("tdock-arriving-"));
    };
    const client = new AbortController();
    const path = `/images/create?fromImage=${registry.host}/held&tag=latest`;
    const pending = suite.api("POST", path, undefined, { signal: client.signal });

    await eventually(async () => expect(await leases()).toHaveLength(1));
    const [lease] = await leases();
    client.abort();

    await expect(pending).rejects.toThrow();
    expect(lease).not.toContain("gc.expire");
    await eventually(async () => expect(await leases()).toEqual([]));
  });
});

/** Stalls that are over when the same thing is asked for again, and what is slow and no stall. */
const stallingOnce: Readonly<Record<string, Behaviour>> = {
  slow: (exchange) => {
    if (!isLayer(exchange)) return false;
    const [layer] = exchange.image.layers;
    exchange.response.writeHead(200, { "content-length": layer?.size ?? 0 });
    let sent = 0;
    const timer = setInterval(() => {
      const end = sent < 2000 ? sent + 400 : layer?.size;
      exchange.response.write(layer?.content.subarray(sent, end));
      sent = end ?? 0;
      if (sent === layer?.size) clearInterval(timer);
    }, 8000);
    exchange.response.on("close", () => clearInterval(timer));
    return true;
  },
  "before-layer": (exchange) => isLayer(exchange) && exchange.earlier === 0,
  "before-manifest": ({ kind, earlier }) => kind === "manifest" && earlier === 0,
  "in-layer": (exchange) => {
    if (!isLayer(exchange) || exchange.earlier > 0) return false;
    const [layer] = exchange.image.layers;
    exchange.response.writeHead(200, { "content-length": layer?.size ?? 0 });
    return exchange.response.write(layer?.content.subarray(0, 1000)) || true;
  },
};

/** Three of ten requests fail, always the same ones. */
const failingOften: Behaviour = (exchange) => {
  const { request, earlier } = exchange;
  const [roll = 0] = createHash("sha256").update(`${request.method} ${request.url} ${earlier}`).digest();
  if (roll >= 0.3 * 256) return false;
  if (roll % 2 === 0) return answerStatus(exchange, 503);
  exchange.response.socket?.resetAndDestroy();
  return true;
};

/** An image with a layer that is the same on every run, and that no other image has. */
async function noiseImage(seed: string, bytes = 100_000): Promise<OciImage> {
  const noise = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) =>
    createHash("sha256").update(`${seed} ${index}`).digest(),
  );
  return imageOf({ layers: [await layerOf([file("noise", Buffer.concat(noise))], "none")] });
}
