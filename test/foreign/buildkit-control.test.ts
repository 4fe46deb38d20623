import type { MessageInitShape } from "@bufbuild/protobuf";
import { Control, type SolveRequestSchema } from "@tdock/buildkit/gen/control_pb";
import { LLBBridge } from "@tdock/buildkit/gen/gateway_pb";
import { SessionConnection } from "@tdock/buildkit/session-connection";
import { createRpc } from "@tdock/containerd/rpc";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";
import {
  dialHttp2,
  openSession,
  openTunnelledSession,
  refuseArchive,
  serveFiles,
  takeArchive,
} from "./session-client.ts";

systemSuite("BuildKit's Control over POST /grpc", (suite) => {
  const { promise: connected, resolve } = Promise.withResolvers<SessionConnection>();
  const rpc = async () => createRpc(await connected, "");
  let number = 0;
  /** Orders a build of a Dockerfile with a context of one file, and reads its status to the end. */
  const solve = async (
    dockerfile: string,
    order: MessageInitShape<typeof SolveRequestSchema> = {},
    signal?: AbortSignal,
  ) => {
    const ref = `ref-${++number}`;
    const text = dockerfile.replaceAll("BASE", suite.busybox);
    const files = serveFiles({ dockerfile: [{ path: "Dockerfile", text }], context: [{ path: "f", text: "file" }] });
    using session = await openSession(suite.tdockd.layout.socket, [files]);
    const told = readStatus(ref);
    const request = {
      Ref: ref,
      Session: session.id,
      Frontend: "dockerfile.v0",
      Exporters: [{ Type: "moby" }],
      ...order,
    };
    const solving = (await rpc()).unary(Control.method.solve, request, { signal });
    const [result, status] = await Promise.allSettled([solving, told]);
    return { result, status: status.status === "fulfilled" ? status.value : [], ref };
  };
  const readStatus = async (ref: string) => {
    const lines: string[] = [];
    for await (const { vertexes, logs } of (await rpc()).serverStream(Control.method.status, { Ref: ref })) {
      for (const { name, completed, cached } of vertexes)
        if (completed) lines.push(`${name}${cached ? " cached" : ""}`);
      for (const { msg } of logs) lines.push(Buffer.from(msg).toString());
    }
    return lines;
  };
  const failure = (result: PromiseSettledResult<unknown>) =>
    result.status === "rejected" ? { code: result.reason.code, message: result.reason.message } : result;

  beforeAll(async () => {
    const socket = await dialHttp2(suite.tdockd.layout.socket, "/grpc");
    if (typeof socket === "number") throw new Error(`POST /grpc: ${socket}`);
    resolve(new SessionConnection(socket));
  });

  afterAll(async () => {
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
  });

  it("says what it is and what it builds for", async () => {
    const { buildkitVersion } = await (await rpc()).unary(Control.method.info, {});
    const { record } = await (await rpc()).unary(Control.method.listWorkers, {});

    expect(buildkitVersion?.package).toBe("tdock");
    expect(record).toMatchObject([
      { platforms: [{ OS: "linux", Architecture: process.arch.replace("x64", "amd64") }] },
    ]);
  });

  it("builds a Dockerfile, tells what happens, and names the image", async () => {
    const { result, status } = await solve("FROM BASE\nARG A\nCOPY f /f\nRUN echo $A is said\n", {
      FrontendAttrs: { "build-arg:A": "this", "label:l": "v", "image-resolve-mode": "local" },
      Exporters: [{ Type: "moby", Attrs: { name: "solved,solved:2" } }],
    });

    expect(result).toMatchObject({ status: "fulfilled" });
    expect(status).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\[2\/3\] COPY f/), "this is said\n", "[internal] export image"]),
    );
    const [image] = JSON.parse(await suite.mustTdock(["image", "inspect", "solved:2"]));
    expect(image.Config.Labels).toEqual({ l: "v" });
    expect(result).toMatchObject({ value: { ExporterResponse: { "containerimage.digest": image.Id } } });
    expect(await suite.mustTdock(["run", "--rm", "solved", "cat", "/f"])).toBe("file");
  });

  it("builds for a client that calls the frontend itself, as buildx does", async () => {
    const ref = `ref-${number + 1}`;
    const building = solve("FROM BASE\nRUN echo for buildx\n", { Frontend: "" });
    const call = { headers: { "buildkit-controlapi-buildid": ref } };
    const order = { Frontend: "dockerfile.v0", FrontendOpt: { filename: "Dockerfile" } };

    await (await rpc()).unary(LLBBridge.method.ping, {}, call);
    await eventually(async () => (await rpc()).unary(LLBBridge.method.solve, order, call));
    await (await rpc()).unary(LLBBridge.method.solve, { ...order, Final: true }, call);

    expect((await building).result).toMatchObject({ status: "fulfilled" });
    expect((await building).status).toContain("for buildx\n");
  });

  it("builds with further folders of the client, each without what its own ignore file hides", async () => {
    const ref = `ref-${++number}`;
    const text = `FROM ${suite.busybox}\nCOPY --from=more . /more\nRUN --mount=from=more,target=/m cat /m/a && ls -A /more\n`;
    const more = [
      { path: ".dockerignore", text: "b\n" },
      { path: "a", text: "more\n" },
      { path: "b", text: "hidden" },
    ];
    const files = serveFiles({ dockerfile: [{ path: "Dockerfile", text }], "../more": more });
    using session = await openSession(suite.tdockd.layout.socket, [files]);
    const told = readStatus(ref);

    const options = { "context:more": "local:../more" };
    const order = { Ref: ref, Session: session.id, Frontend: "dockerfile.v0", FrontendAttrs: options };
    await (await rpc()).unary(Control.method.solve, order);

    expect((await told).join("")).toContain("more\n.dockerignore\na\n");
  });

  it("takes a session that goes through the same connection", async () => {
    const text = `FROM ${suite.busybox}\nCOPY f /\nRUN cat f\n`;
    const files = serveFiles({
      dockerfile: [{ path: "Dockerfile", text }],
      context: [{ path: "f", text: "tunnelled" }],
    });
    using session = openTunnelledSession(await rpc(), [files]);
    const ref = `ref-${++number}`;
    const told = readStatus(ref);

    const order = { Ref: ref, Session: session.id, Frontend: "dockerfile.v0" };
    await (await rpc()).unary(Control.method.solve, order);

    expect(await told).toContain("tunnelled");
  });

  it("sends the images of all platforms to a client that takes an OCI layout", async () => {
    const text = "FROM scratch\nCOPY f /\n";
    const files = serveFiles({ dockerfile: [{ path: "Dockerfile", text }], context: [{ path: "f", text: "file" }] });
    const taken = takeArchive();
    using session = await openSession(suite.tdockd.layout.socket, [files, taken.method]);
    const order = {
      ...{ Ref: `ref-${++number}`, Session: session.id, Frontend: "dockerfile.v0" },
      FrontendAttrs: { platform: "linux/amd64,linux/arm64" },
      Exporters: [{ Type: "oci", Attrs: { name: "layout:1" } }],
    };

    await (await rpc()).unary(Control.method.solve, order);

    const stdin = await taken.bytes;
    const index = JSON.parse((await runProgram("tar", ["-xO", "index.json"], { stdin })).stdout);
    expect(index.manifests).toMatchObject([{ mediaType: "application/vnd.oci.image.index.v1+json" }]);
    const blob = `blobs/${index.manifests[0].digest.replace(":", "/")}`;
    const { manifests } = JSON.parse((await runProgram("tar", ["-xO", blob], { stdin })).stdout);
    const architectures = manifests.map((one: { platform: { architecture: string } }) => one.platform.architecture);
    expect(architectures).toEqual(["amd64", "arm64"]);
    await suite.mustTdock(["rmi", "layout:1"]);
  });

  it("sends an archive to a client that takes one of type=docker, and loads the image for one that does not", async () => {
    const order = (name: string) => ({ Exporters: [{ Type: "docker", Attrs: { name } }] });
    const text = "FROM scratch\nCOPY f /\n";
    const files = serveFiles({ dockerfile: [{ path: "Dockerfile", text }], context: [{ path: "f", text: "file" }] });
    const taken = takeArchive();
    using session = await openSession(suite.tdockd.layout.socket, [files, taken.method]);
    const head = { Ref: `ref-${++number}`, Session: session.id, Frontend: "dockerfile.v0" };

    await (await rpc()).unary(Control.method.solve, { ...head, ...order("archived:1") });
    const { result } = await solve(text, order("loaded:1"));

    const stdin = await taken.bytes;
    const manifest = JSON.parse((await runProgram("tar", ["-xO", "manifest.json"], { stdin })).stdout);
    expect(manifest).toMatchObject([{ RepoTags: ["archived:1"] }]);
    expect(result).toMatchObject({ value: { ExporterResponse: { "image.name": "loaded:1" } } });
    await suite.mustTdock(["rmi", "archived:1", "loaded:1"]);
  });

  it.each([
    ["takes it", () => takeArchive().method, "fulfilled"],
    ["breaks off", refuseArchive, "rejected"],
  ])("keeps no image that was made to be sent and has no name, when the client %s", async (_, take, outcome) => {
    const images = await suite.mustTdock(["images", "-aq"]);
    const text = `FROM scratch\nCOPY f /\nLABEL client=${outcome}\n`;
    const files = serveFiles({ dockerfile: [{ path: "Dockerfile", text }], context: [{ path: "f", text: "file" }] });
    using session = await openSession(suite.tdockd.layout.socket, [files, take()]);
    const order = {
      Ref: `ref-${++number}`,
      Session: session.id,
      Frontend: "dockerfile.v0",
      Exporters: [{ Type: "oci" }],
    };

    const [result] = await Promise.allSettled([(await rpc()).unary(Control.method.solve, order)]);

    expect(result).toMatchObject({ status: outcome });
    expect(await suite.mustTdock(["images", "-aq"])).toBe(images);
  });

  it("makes no image when nothing is to come of the result", async () => {
    const images = await suite.mustTdock(["images", "-aq"]);

    const { result, status } = await solve("FROM BASE\nRUN echo only for the cache\n", { Exporters: [] });

    expect(result).toMatchObject({ status: "fulfilled", value: { ExporterResponse: {} } });
    expect(status).toContain("only for the cache\n");
    expect(await suite.mustTdock(["images", "-aq"])).toBe(images);
  });

  it.each([
    ["a step that fails", "FROM BASE\nRUN exit 3\n", {}, "invalid-argument", /exit 3/],
    ["a Dockerfile that cannot be", "FROMM BASE\n", {}, "invalid-argument", /FROMM/],
    ["another frontend", "FROM BASE\n", { Frontend: "gateway.v0" }, "not-implemented", /dockerfile.v0/],
    [
      "a graph of operations",
      "FROM BASE\n",
      { Frontend: "", Definition: Buffer.from("x") },
      "not-implemented",
      /graphs/,
    ],
    ["an option it does not know", "FROM BASE\n", { FrontendAttrs: { zzz: "1" } }, "not-implemented", /zzz=1/],
    ["a number that is none", "FROM BASE\n", { FrontendAttrs: { memory: "lots" } }, "invalid-argument", /memory.*lots/],
    [
      "files of two platforms at once",
      "FROM scratch\n",
      { FrontendAttrs: { platform: "linux/amd64,linux/arm64" }, Exporters: [{ Type: "local" }] },
      "not-implemented",
      /one platform/,
    ],
    ["an exporter it has not", "FROM BASE\n", { Exporters: [{ Type: "nydus" }] }, "not-implemented", /nydus/],
  ] as const)("says what is wrong with %s", async (_, dockerfile, order, code, message) => {
    const { result } = await solve(dockerfile, order as MessageInitShape<typeof SolveRequestSchema>);

    expect(failure(result)).toEqual({ code, message: expect.stringMatching(message) });
  });

  it("ends a build whose caller gives it up", async () => {
    const over = new AbortController();
    const isRunning = async () => (await runProgram("pgrep", ["-f", "sleep 4322"])).stdout !== "";
    const building = solve("FROM BASE\nRUN sleep 4322\n", {}, over.signal);
    await eventually(async () => expect(await isRunning()).toBe(true));

    over.abort();

    expect(failure((await building).result)).toMatchObject({ code: "canceled" });
    await eventually(async () => expect(await isRunning()).toBe(false));
  });

  it("lists what is cached and removes it", async () => {
    await solve("FROM BASE\nRUN echo to be pruned\n");

    const { record } = await (await rpc()).unary(Control.method.diskUsage, {});
    const pruned = await Array.fromAsync((await rpc()).serverStream(Control.method.prune, { all: true }));
    const after = await (await rpc()).unary(Control.method.diskUsage, {});

    const description = expect.stringContaining("RUN echo to be pruned");
    expect(record).toContainEqual(expect.objectContaining({ Description: description, InUse: false }));
    expect(pruned).toContainEqual(expect.objectContaining({ Description: description }));
    expect(after.record).toEqual([]);
  });

  it("refuses methods that are not served, and connections without an upgrade", async () => {
    const unknown = { ...Control.method.info, name: "Nonsense" } as typeof Control.method.info;

    await expect((await rpc()).unary(unknown, {})).rejects.toMatchObject({ code: "not-implemented" });
    expect((await suite.api("POST", "/grpc")).status).toBe(400);
  });

  it("ends with its connection", async () => {
    const connection = await connected;

    connection[Symbol.dispose]();

    await connection.closed; // that the engine's end is gone too is what the next test finds out
  });
});
