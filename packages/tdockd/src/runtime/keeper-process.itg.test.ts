import { mkdir, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { killAll, processesWith } from "../../../../test/harness/instance/processes.ts";
import { scratchFolder } from "../../../../test/harness/scratch.ts";
import { runKeeper } from "./keeper-process.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe("runKeeper", () => {
  let stack: AsyncDisposableStack;
  let execRoot: string;

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    execRoot = stack.use(await scratchFolder("keeper-process")).path;
    stack.defer(async () => killAll(await keeperPids()));
  });
  afterEach(() => stack.disposeAsync());

  const keeperPids = async () => (await processesWith(execRoot)).map(({ pid }) => pid);
  const run = async () => stack.use(await runKeeper({ execRoot }, log));

  it("starts a keeper that outlives its client and is adopted by the next", async () => {
    const first = await runKeeper({ execRoot }, log);
    const started = await keeperPids();
    await first[Symbol.asyncDispose]();

    const second = await run();

    expect(await second.list()).toEqual([]);
    expect(started).toHaveLength(1);
    expect(await keeperPids()).toEqual(started);
  });

  it("starts it again when it is killed, once for any number of clients", async () => {
    const clients = [await run(), await run()];
    await Promise.all(clients.map((client) => client.list()));
    const killed = await keeperPids();

    await killAll(killed);

    expect(await Promise.all(clients.map((client) => client.list()))).toEqual([[], []]);
    await expect.poll(keeperPids, { timeout: 15_000 }).toHaveLength(1);
    expect(await keeperPids()).not.toEqual(killed);
  });

  it("starts it again at once though one that is just dying still takes a connection", async () => {
    const client = await run();
    await client.list();
    await using dying = await listenOnce(join(execRoot, "keeper.sock"));

    await killAll(await keeperPids());

    expect(await client.list()).toEqual([]);
    expect(dying.taken).toBe(true);
  });

  it("starts it again though that fails at first", async () => {
    const client = await run();
    await client.list();
    const path = join(execRoot, "keeper.log");
    await rm(path);
    await mkdir(path);
    await killAll(await keeperPids());
    await expect(client.list()).rejects.toMatchObject({ code: "unavailable" });

    await rm(path, { recursive: true });

    await expect.poll(keeperPids, { timeout: 15_000 }).toHaveLength(1);
    expect(await client.list()).toEqual([]);
  });

  it("says where to look when it cannot be started", async () => {
    await expect(runKeeper({ execRoot: join(execRoot, "missing") }, log)).rejects.toThrow(/missing/);
  });
});

/** Takes the place of who listens at a socket; breaks the first connection off, and is gone. */
async function listenOnce(path: string): Promise<AsyncDisposable & { readonly taken: boolean }> {
  let taken = false;
  const server = createServer((socket) => {
    taken = true;
    server.close();
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(`${path}.dying`, resolve));
  await rename(`${path}.dying`, path);
  return {
    get taken() {
      return taken;
    },
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
