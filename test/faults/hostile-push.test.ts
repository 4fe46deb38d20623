import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import {
  answer,
  startUploadRegistry,
  type UploadBehaviour,
  type UploadExchange,
} from "../harness/hostile/upload-registry.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

/** Registries that fail in a push. It must succeed all the same. */
const passing: Readonly<Record<string, UploadBehaviour>> = {
  "breaks the connection in the middle of a layer": ({ step, earlier, request, received }) =>
    step === "send" && earlier === 0 && keepPart(request, received, 1 << 20, () => request.socket.resetAndDestroy()),
  "breaks the connection three times": ({ step, earlier, request, received }) =>
    step === "send" && earlier < 3 && keepPart(request, received, 1 << 18, () => request.socket.resetAndDestroy()),
  "answers 503 in the middle of a layer": ({ step, earlier, request, response, received }) =>
    step === "send" && earlier === 0 && keepPart(request, received, 1 << 20, () => answer(response, 503)),
  "says 416 to a layer once": ({ step, earlier, response }) => step === "send" && earlier === 0 && says(response, 416),
  "forgets an upload that broke off": (exchange) => {
    if (exchange.step !== "send" || exchange.earlier > 0) return false;
    exchange.forget();
    return keepPart(exchange.request, [], 1 << 20, () => exchange.request.socket.resetAndDestroy());
  },
  "answers 500 to a completed upload once": ({ step, earlier, response }) =>
    step === "complete" && earlier === 0 && says(response, 500),
  "asks for patience": ({ step, earlier, response }) =>
    step === "send" && earlier === 0 && says(response, 429, { "retry-after": "1" }),
  "answers 503 to a manifest once": ({ step, earlier, response }) =>
    step === "manifest" && earlier === 0 && says(response, 503),
};

systemSuite("a push to a registry that fails in it", (suite) => {
  const prepare = async (image: OciImage, host: string) => {
    await pushImage(suite.registry, "app", image);
    await suite.mustTdock(["pull", "-q", suite.image("app")]);
    await suite.mustTdock(["tag", suite.image("app"), `${host}/app:1`]);
  };

  it.each(Object.keys(passing))("succeeds all the same when it %s", async (name) => {
    const image = await ownImage();
    await using target = await startUploadRegistry(passing[name]);
    await prepare(image, target.host);

    const { exitCode, stderr } = await suite.tdock(["push", `${target.host}/app:1`]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const wanted = [image.config, ...image.layers].map(({ digest }) => digest);
    expect([...target.blobs.keys()].toSorted()).toEqual(wanted.toSorted());
    expect(target.manifests.get("1")).toEqual(image.manifest.content);
    const lastBlob = target.requests.findLastIndex((line) => line.includes("/blobs/"));
    expect(target.requests.findIndex((line) => line.includes("/manifests/1"))).toBeGreaterThan(lastBlob);
  });

  it("sends what is small with the request that completes it, and the rest before", async () => {
    const layers = [await layerOf([file("noise", randomBytes(500_000))]), await layerOf([file("small", "small")])];
    const image = imageOf({ layers });
    await using target = await startUploadRegistry();
    await prepare(image, target.host);

    await suite.mustTdock(["push", `${target.host}/app:1`]);

    const counts = ["POST", "PATCH", "PUT"].map(
      (method) => target.requests.filter((one) => one.startsWith(method)).length,
    );
    expect(counts).toEqual([3, 1, 4]);
    const wanted = [image.config, ...layers].map(({ digest }) => digest);
    expect([...target.blobs.keys()].toSorted()).toEqual(wanted.toSorted());
  });

  it("sends what it may not mount", async () => {
    const image = imageOf({ layers: [await layerOf([file("own", randomBytes(1000))])] });
    await using target = await startUploadRegistry(({ step, request, response }) => {
      if (step === "start" && request.url?.includes("from=")) return says(response, 403);
      return step === "probe" && request.url?.startsWith("/v2/other/") === true && says(response, 404);
    });
    await prepare(image, target.host);
    await suite.mustTdock(["tag", suite.image("app"), `${target.host}/other:2`]);
    await suite.mustTdock(["push", `${target.host}/app:1`]);

    const { exitCode, stdout, stderr } = await suite.tdock(["push", `${target.host}/other:2`]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.match(/: Pushed/g)).toHaveLength(2);
    expect(target.manifests.get("2")).toEqual(image.manifest.content);
  });

  it("sends several layers at the same time", async () => {
    const layers = await Promise.all([1, 2, 3].map(() => layerOf([file("noise", randomBytes(100_000))])));
    const image = imageOf({ layers });
    const together = Promise.withResolvers<void>();
    let sending = 0;
    const holding: UploadBehaviour = async ({ step }) => {
      if (step !== "send") return false;
      sending += 1;
      if (sending === 3) together.resolve();
      await together.promise;
      return false;
    };
    await using target = await startUploadRegistry(holding);
    await prepare(image, target.host);

    const { exitCode, stderr } = await suite.tdock(["push", `${target.host}/app:1`]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(target.manifests.get("1")).toEqual(image.manifest.content);
  });

  it("sends only what is missing after the connection broke", async () => {
    const sockets = new Set<UploadExchange["request"]["socket"]>();
    const image = await ownImage();
    await using target = await startUploadRegistry((exchange) => {
      sockets.add(exchange.request.socket);
      return passing["breaks the connection three times"]?.(exchange) ?? false;
    });
    await prepare(image, target.host);

    await suite.mustTdock(["push", `${target.host}/app:1`]);

    const wholeBytes = [image.config, ...image.layers].reduce((sum, { size }) => sum + size, 0);
    const sentBytes = [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    expect(sentBytes).toBeLessThan(wholeBytes * 1.1);
  });

  it("sends nothing to another origin that an upload's address leads to", async () => {
    await using foreign = await startUploadRegistry();
    await using target = await startUploadRegistry(
      ({ step, response }) =>
        step === "start" && says(response, 202, { location: `http://${foreign.host}/v2/app/blobs/uploads/u0` }),
    );
    await prepare(await ownImage(), target.host);

    const { exitCode, stderr } = await suite.tdock(["push", `${target.host}/app:1`]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("refused to upload to") });
    expect(foreign.requests).toEqual([]);
    expect(target.manifests.size).toBe(0);
  });
});

/** Noise, so that what is sent is as long as what is in the layer, and no registry knows it. */
async function ownImage(): Promise<OciImage> {
  const layers = [1, 2].map((index) => layerOf([file(`noise${index}`, randomBytes(4 << 20))]));
  return imageOf({ layers: await Promise.all(layers) });
}

function says(response: UploadExchange["response"], status: number, headers: Record<string, string> = {}): true {
  answer(response, status, headers);
  return true;
}

/** Takes `bytes` of a body, or all of a shorter one, then lets the registry fail; the rest is thrown away. */
function keepPart(request: UploadExchange["request"], received: Buffer[], bytes: number, fail: () => void): true {
  let kept = 0;
  const failOnce = () => {
    kept = Number.POSITIVE_INFINITY;
    fail();
  };
  request.on("data", (chunk: Buffer) => {
    if (kept >= bytes) return;
    received.push(chunk);
    kept += chunk.length;
    if (kept >= bytes) failOnce();
  });
  request.on("end", () => kept < bytes && failOnce());
  return true;
}
