import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { maxPayloadBytes } from "./record.ts";
import { ContainerProcess } from "./testing/container-process.ts";
import { eventually } from "./testing/eventually.ts";
import { RunningKeeper } from "./testing/running-keeper.ts";

const raw = { stdout: true, stderr: true, raw: true } as const;

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function readLines(keeper: RunningKeeper, request: ReturnType<RunningKeeper["request"]>): Promise<string[]> {
  const bytes = await buffer(await keeper.client.logs({ ...raw, id: request.id, log: request.log }));
  return bytes.toString().split("\n").slice(0, -1);
}

describe("tdock-keeper killed with -9", () => {
  it("loses nothing of a container that prints meanwhile when it was idle at the kill", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);
    const go = join(keeper.folder, "go");
    using container = await ContainerProcess.start(
      request,
      `seq 1 1000; until [ -e '${go}' ]; do sleep 0.01; done; seq 1001 200000`,
    );
    await keeper.client.started(request);
    await eventually(async () => (await readLines(keeper, request)).length === 1000);

    await keeper.kill();
    writeFileSync(go, "");
    keeper.restart();

    await container.ended;
    await keeper.client.forget(request);
    expect(await readLines(keeper, request)).toEqual(Array.from({ length: 200_000 }, (_, index) => `${index + 1}`));
  });

  it("loses at most one chunk per kill at full speed, and nothing is doubled or out of order", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c", { options: { "max-size": "-1" } });
    await keeper.client.open(request);
    const lines = 2_000_000;
    using container = await ContainerProcess.start(request, `seq -w 1 ${lines}`);
    await keeper.client.started(request);
    const kills = 5;
    for (let kill = 1; kill <= kills; kill++) {
      await eventually(() => container.hasEnded || sizeOf(request.log.path) > kill * 3_000_000);
      await keeper.kill();
      keeper.restart();
    }
    await container.ended;
    await keeper.client.forget(request);

    const numbers = (await readLines(keeper, request)).filter((line) => /^\d{7}$/.test(line)).map(Number);
    const missing = lines - numbers.length;
    expect(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] as number))).toBe(true);
    expect(numbers.at(-1)).toBe(lines);
    expect(missing * 8).toBeLessThanOrEqual(kills * (maxPayloadBytes + 2 * 8));
  });

  it("takes up again what it held, and sees the end of what ended meanwhile", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);
    using container = await ContainerProcess.start(request, "echo before; sleep 0.5");
    await keeper.client.started(request);
    await eventually(() => sizeOf(request.log.path) > 0);

    await keeper.kill();
    await container.ended;
    keeper.restart();

    await eventually(async () => (await keeper.client.list())[0]?.ended === true);
    await keeper.client.forget({ id: "c", drainMs: 600_000 });
    expect(await readLines(keeper, request)).toEqual(["before"]);
    expect(readdirSync(join(keeper.folder, "keeper/held"))).toEqual([]);
  });

  it("leaves to the next what a container printed before it ended in between", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);
    const go = join(keeper.folder, "go");
    const script = `until [ -e '${go}' ]; do sleep 0.01; done; echo out; echo err >&2`;
    using container = await ContainerProcess.start(request, script);
    await keeper.client.started(request);

    await keeper.kill();
    writeFileSync(go, "");
    await container.ended;
    keeper.restart();

    await keeper.client.forget(request);
    expect((await readLines(keeper, request)).sort()).toEqual(["err", "out"]);
  });

  it("still waits for the shim when it was killed between open and start", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);
    await keeper.kill();
    keeper.restart();
    await keeper.client.list();

    using container = await ContainerProcess.start(request, "echo late");
    await keeper.client.started(request);
    await container.ended;
    await keeper.client.forget(request);

    expect(await readLines(keeper, request)).toEqual(["late"]);
  });

  it("is called again by its client until it is back", async () => {
    await using keeper = new RunningKeeper();
    await keeper.client.list();
    await keeper.kill();

    const listing = keeper.client.list();
    keeper.restart();

    expect(await listing).toEqual([]);
  });
});
