import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { processesWith } from "../../../test/harness/instance/processes.ts";
import { mustRun } from "../../../test/harness/program.ts";
import { connectContainerd } from "./connect.ts";
import { Version } from "./gen/version_pb.ts";
import { GrpcConnection } from "./grpc-connection.ts";
import { createRpc } from "./rpc.ts";

describe("connectContainerd", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  const connect = (onLost?: () => void) =>
    connectContainerd({ address: containerd.address, namespace: "test", ...(onLost && { onLost }) });

  it("reads containerd's version as its own client does", async () => {
    await using client = connect();

    const { version, revision } = await client.version();

    const words = (await mustRun("containerd", ["--version"])).trim().split(" ");
    expect(words).toContain(version);
    expect(words).toContain(revision);
  });

  it("reads the plugins, what they tell, and why one did not start", async () => {
    await using client = connect();

    const [overlay] = await client.plugins(["type==io.containerd.snapshotter.v1,id==overlayfs"]);
    const broken = (await client.plugins()).filter(({ failure }) => failure !== undefined);

    expect(overlay).toMatchObject({ type: "io.containerd.snapshotter.v1", id: "overlayfs", failure: undefined });
    expect(overlay?.exports.root).toContain(containerd.folder);
    expect(broken.find(({ id }) => id === "zfs")?.failure).toContain("skip plugin");
  });

  it("reads the identity that stays over a restart", async () => {
    await using client = connect();
    const before = await client.uuid();

    await containerd.kill();
    await containerd.start();

    expect(before).toMatch(/^[0-9a-f-]{36}$/);
    expect(await client.uuid()).toBe(before);
  });

  it("makes, lists and deletes namespaces", async () => {
    await using client = connect();
    await client.namespaces.ensure("made");
    await client.namespaces.ensure("made");

    expect(await client.namespaces.list()).toContain("made");
    await client.namespaces.delete("made");

    expect(await client.namespaces.list()).not.toContain("made");
    await expect(client.namespaces.delete("made")).rejects.toMatchObject({ code: "not-found" });
  });

  it("keeps namespaces apart", async () => {
    await using client = connect();
    await using other = connectContainerd({ address: containerd.address, namespace: "apart" });
    await other.namespaces.ensure("apart");
    await client.containers.create({ id: "here", spec: {} });

    expect(await other.containers.list()).toEqual([]);
  });

  it("fails at once while containerd is gone, tells that it was lost once, and connects again by itself", async () => {
    let losses = 0;
    await using client = connect(() => {
      losses += 1;
    });
    await client.version();

    await containerd.kill();
    await expect(client.version()).rejects.toMatchObject({ code: "unavailable", reason: "disconnected" });
    await expect(client.containers.list()).rejects.toMatchObject({ code: "unavailable", reason: "disconnected" });
    expect(losses).toBe(1);

    await containerd.start();
    expect((await client.version()).version).not.toBe("");
    expect(losses).toBe(1);
  });

  it("does not tell of a loss when it is disposed of, and ends what is under way", async () => {
    let losses = 0;
    const client = connect(() => {
      losses += 1;
    });
    const subscription = client.events.subscribe([]);
    await subscription.next();
    const next = subscription.next();
    next.catch(() => undefined);

    await client[Symbol.asyncDispose]();

    await expect(next).rejects.toMatchObject({ code: "unavailable" });
    await expect(client.version()).rejects.toMatchObject({ code: "unavailable" });
    expect(losses).toBe(0);
  });

  it("says where it looked when there is no such socket", async () => {
    await using client = connectContainerd({ address: `${containerd.folder}/none.sock`, namespace: "test" });

    await expect(client.version()).rejects.toMatchObject({
      code: "unavailable",
      reason: "disconnected",
      message: expect.stringContaining("none.sock"),
    });
  });

  it("cancels a call that has not been answered, or not even begun", async () => {
    await using client = connect();
    const canceling = new AbortController();
    const calling = client.version({ signal: canceling.signal });

    canceling.abort();

    await expect(calling).rejects.toMatchObject({ code: "canceled" });
    await expect(client.version({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "canceled" });
    expect((await client.version()).version).not.toBe("");
  });

  it("gives up when containerd does not answer in time", async () => {
    await using connection = new GrpcConnection(containerd.address);
    const rpc = createRpc(connection, "test");
    await rpc.unary(Version.method.version, {});
    const [{ pid } = { pid: 0 }] = await processesWith(`${containerd.folder}/config.toml`);
    process.kill(pid, "SIGSTOP");

    const calling = rpc.unary(Version.method.version, {}, { timeoutMs: 100 });

    await expect(calling).rejects.toMatchObject({ code: "unavailable", reason: "timeout" });
    process.kill(pid, "SIGCONT");
    expect((await rpc.unary(Version.method.version, {})).version).not.toBe("");
  });
});
