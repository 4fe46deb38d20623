import { buffer } from "node:stream/consumers";
import { RunningKeeper } from "@tdock/keeper/testing/running-keeper";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../harness/containerd.ts";
import { testContainer } from "../harness/containerd-task.ts";
import { eventually } from "../harness/eventually.ts";

const raw = { stdout: true, stderr: true, raw: true } as const;

describe("tdock-keeper behind containerd's shim", () => {
  let containerd: TestContainerd;

  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  /** Starts a container whose output the keeper holds. */
  async function start(keeper: RunningKeeper, script: string) {
    const container = await testContainer(containerd, script);
    const request = keeper.request(container.id, { options: { "max-size": "-1" } });
    await keeper.client.open(request);
    const { stdoutPath: stdout, stderrPath: stderr } = request;
    await containerd.client.tasks.create({ ...container, stdout, stderr });
    await containerd.client.tasks.start({ id: container.id });
    await keeper.client.started(request);
    return request;
  }

  async function readLog(keeper: RunningKeeper, request: ReturnType<RunningKeeper["request"]>): Promise<string> {
    return (await buffer(await keeper.client.logs({ ...raw, id: request.id, log: request.log }))).toString();
  }

  it("has the last bytes of a container in the log when its exit is known", async () => {
    await using keeper = new RunningKeeper();

    for (let round = 0; round < 5; round++) {
      const request = await start(keeper, "head -c 200000 /dev/zero; printf end >&2");
      const exit = await containerd.client.tasks.wait({ id: request.id });
      await keeper.client.forget(request);

      expect(exit.exitStatus).toBe(0);
      expect((await readLog(keeper, request)).length).toBe(200_003);
    }
  });

  it("does not disturb a container by its death, and the next goes on where it stopped", async () => {
    await using keeper = new RunningKeeper();
    const lines = 300_000;
    const request = await start(
      keeper,
      `i=1000000; while [ $i -lt ${1_000_000 + lines} ]; do echo $i; i=$((i+1)); done`,
    );
    const exited = containerd.client.tasks.wait({ id: request.id });
    const kills = 3;
    for (let kill = 1; kill <= kills; kill++) {
      await eventually(async () => expect((await readLog(keeper, request)).length).toBeGreaterThan(kill * 300_000));
      await keeper.kill();
      keeper.restart();
    }

    expect((await exited).exitStatus).toBe(0);
    await keeper.client.forget(request);
    const numbers = (await readLog(keeper, request))
      .split("\n")
      .filter((line) => /^\d{7}$/.test(line))
      .map(Number);
    expect(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] as number))).toBe(true);
    expect(numbers.at(-1)).toBe(999_999 + lines);
    expect((lines - numbers.length) * 8).toBeLessThanOrEqual(kills * (65_536 + 16));
  });
});
