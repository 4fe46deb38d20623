import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Containerd } from "@tdock/containerd/connect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../../../test/harness/eventually.ts";
import { unmountBelow } from "../../../../test/harness/instance/mounts.ts";
import { isAlive, killAll, processesWith } from "../../../../test/harness/instance/processes.ts";
import { scratchFolder } from "../../../../test/harness/scratch.ts";
import { containerdPaths } from "./containerd-config.ts";
import { runContainerd } from "./containerd-process.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("runContainerd", () => {
  let stack: AsyncDisposableStack;
  let settings: Parameters<typeof runContainerd>[0];

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    const { path } = stack.use(await scratchFolder("containerd-process"));
    settings = {
      dataRoot: join(path, "data"),
      execRoot: join(path, "run"),
      containerdAddress: undefined,
      namespace: "tdock",
    };
    stack.defer(async () => {
      await killAll(await containerdPids());
      await unmountBelow(path);
    });
  });
  afterEach(() => stack.disposeAsync());

  const containerdPids = async () => (await processesWith(containerdPaths(settings).configFile)).map(({ pid }) => pid);
  const run = async (): Promise<Containerd> => stack.use(await runContainerd(settings, log));

  it("starts a containerd of its own, with the namespace in it", async () => {
    const containerd = await run();

    expect(await containerd.namespaces.list()).toEqual(["tdock"]);
    expect(await containerdPids()).toHaveLength(1);
  });

  it("loads the overlay snapshotter and the tasks, but not what it was told to leave out", async () => {
    const containerd = await run();

    const plugins = await containerd.plugins();

    const working = plugins.filter(({ failure }) => failure === undefined).map(({ type, id }) => `${type}.${id}`);
    expect(working).toContain("io.containerd.snapshotter.v1.overlayfs");
    expect(working).toContain("io.containerd.grpc.v1.tasks");
    expect(working.join()).not.toMatch(/cri|restart|btrfs|monitor/);
  });

  it("keeps its folders and sockets from others", async () => {
    await run();

    const { root, state, socket } = containerdPaths(settings);
    const modes = await Promise.all([root, state, socket].map(async (path) => (await stat(path)).mode & 0o777));
    expect(modes).toEqual([0o700, 0o700, 0o660]);
  });

  it("leaves containerd running when it is disposed of, and adopts it the next time", async () => {
    await (await run())[Symbol.asyncDispose]();
    const [before] = await containerdPids();

    await run();

    expect(await containerdPids()).toEqual([before]);
  });

  it("starts containerd again each time it is killed, an adopted one too", async () => {
    await (await run())[Symbol.asyncDispose]();
    const containerd = await run();

    for (const attempt of [1, 2]) {
      const killed = await containerdPids();
      await killAll(killed);

      await eventually(() => containerd.version());
      expect(await containerdPids(), `attempt ${attempt}`).not.toEqual(killed);
    }
    expect(await containerdPids()).toHaveLength(1);
  });

  it("does not start it again once disposed of", async () => {
    const containerd = await run();
    const [pid = 0] = await containerdPids();
    await containerd[Symbol.asyncDispose]();

    await killAll([pid]);

    expect(await isAlive(pid)).toBe(false);
    expect(await containerdPids()).toEqual([]);
  });

  it("uses the containerd that is named, and starts none", async () => {
    await run();
    const { socket } = containerdPaths(settings);
    const before = await containerdPids();
    const other = { ...settings, execRoot: join(settings.execRoot, "other"), containerdAddress: socket };

    const named = stack.use(await runContainerd(other, log));

    expect((await named.version()).version).not.toBe("");
    expect(await containerdPids()).toEqual(before);
  });

  it("says when the containerd that is named does not answer", async () => {
    const nowhere = { ...settings, containerdAddress: join(settings.execRoot, "nothing.sock") };

    await expect(runContainerd(nowhere, log)).rejects.toMatchObject({
      code: "unavailable",
      message: `no containerd answers at ${nowhere.containerdAddress}`,
    });
  });

  it("says what to install when there is no containerd", async () => {
    const { PATH } = process.env;
    stack.defer(() => {
      process.env.PATH = PATH;
    });
    process.env.PATH = "/nowhere";

    await expect(runContainerd(settings, log)).rejects.toMatchObject({
      code: "internal",
      reason: "command-missing",
      message: expect.stringContaining("apt-get install containerd"),
    });
  });

  it("tells containerd's own words when it cannot start", async () => {
    const { socket } = containerdPaths(settings);
    await mkdir(join(socket, "in-the-way"), { recursive: true });

    await expect(runContainerd(settings, log)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/^containerd exited: containerd: .*main endpoint.*\(see .*containerd\.log\)$/),
    });
  });
});
