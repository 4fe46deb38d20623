import { mkdir, rm } from "node:fs/promises";
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
