import { createHash } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ContainerProcess } from "./testing/container-process.ts";
import { demultiplex } from "./testing/demultiplex.ts";
import { eventually } from "./testing/eventually.ts";
import { both, hashOf, readAll, runUnder } from "./testing/run-under.ts";
import { RunningKeeper } from "./testing/running-keeper.ts";

describe("readers attached to tdock-keeper", () => {
  it("gives a reader that attached before the start every byte, each stream apart", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    const attached = buffer(await keeper.client.attach({ id: "c", ...both }));

    await runUnder(keeper, request, "echo out; echo err >&2; printf end");

    expect(demultiplex(await attached)).toEqual({ stdout: "out\nend", stderr: "err\n" });
    expect(await keeper.client.list()).toEqual([]);
  });

  it("makes a container wait for an attached reader that does not read", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    const attached = await keeper.client.attach({ id: "c", ...both, raw: true });
    await keeper.client.open(request);
    using container = await ContainerProcess.start(request, "head -c 20000000 /dev/zero");
    await keeper.client.started(request);

    let before = -1;
    await eventually(async () => {
      const now = statSync(request.log.path).size;
      const isStill = now === before && now > 0;
      before = now;
      if (!isStill) await new Promise((resolve) => setTimeout(resolve, 200));
      return isStill;
    });
    expect(before).toBeLessThan(2_000_000);
    expect(container.hasEnded).toBe(false);

    expect((await buffer(attached)).length).toBe(20_000_000);
    expect(await container.ended).toBe(0);
  });

  it("lets a container go on when its attached reader goes away", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    const attached = await keeper.client.attach({ id: "c", ...both });
    await keeper.client.open(request);
    using container = await ContainerProcess.start(request, "head -c 20000000 /dev/zero; echo last");
    await keeper.client.started(request);
    await eventually(() => statSync(request.log.path).size > 0);

    attached.destroy();

    expect(await container.ended).toBe(0);
    await keeper.client.forget(request);
    expect((await readAll(keeper, request)).stdout.endsWith("last\n")).toBe(true);
  });

  it("stops reading for a client that is gone before its output flows", async () => {
    await using keeper = new RunningKeeper();
    const attached = await keeper.client.attach({ id: "c", ...both });
    const gone = new PassThrough().destroy();
    await once(gone, "close");

    await expect(attached.pipeTo(gone)).rejects.toMatchObject({ code: "canceled" });

    expect(attached.destroyed).toBe(true);
  });

  it("never makes a container wait for a reader of its log", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c", { options: { "max-size": "-1" } });
    await keeper.client.open(request);
    const follower = await keeper.client.logs({ ...both, raw: true, id: "c", log: request.log, follow: true });
    using container = await ContainerProcess.start(request, "head -c 50000000 /dev/zero");
    await keeper.client.started(request);

    expect(await container.ended).toBe(0);
    await keeper.client.forget(request);
    expect((await buffer(follower)).length).toBe(50_000_000);
  });

  it("gives a slow attached reader all after the exit, and does not make forget wait for it", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    const attached = await keeper.client.attach({ id: "c", ...both, raw: true });
    await keeper.client.open(request);
    using container = await ContainerProcess.start(request, "head -c 500000 /dev/zero; printf end");
    await keeper.client.started(request);
    await eventually(() => container.hasEnded || statSync(request.log.path).size > 300_000);

    const draining = keeper.client.forget({ ...request, drainMs: 60_000 });
    await draining;

    expect((await readAll(keeper, request)).stdout.length).toBe(500_003);
    expect((await buffer(attached)).length).toBe(500_003);
  });

  it("replays the log to an attached reader that asks for it, and goes on live without a gap", async () => {
    await using keeper = new RunningKeeper();
    for (const driver of ["local", "json-file"] as const) {
      const request = keeper.request(driver, { driver, options: { "max-size": "-1" } });
      await keeper.client.open(request);
      using container = await ContainerProcess.start(
        request,
        "seq 1 200000; printf unfinished; sleep 0.3; echo ' line'",
      );
      await keeper.client.started(request);
      await eventually(() => statSync(request.log.path).size > 0);
      const attached = buffer(await keeper.client.attach({ id: driver, ...both, replay: true }));
      await container.ended;
      await keeper.client.forget(request);

      const expected = `${Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join("")}unfinished line\n`;
      expect(demultiplex(await attached).stdout === expected, driver).toBe(true);
    }
  });

  it("passes a gigabyte without a newline on unchanged, in little memory", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c", { options: { "max-size": "100m", "max-file": "20" } });
    const attached = hashOf(await keeper.client.attach({ id: "c", ...both, raw: true }));
    const gigabyte = "head -c 1073741824 /dev/zero | tr '\\0' '\\377'";
    const expected = createHash("sha256");
    for (let part = 0; part < 1024; part++) expected.update(Buffer.alloc(1024 * 1024, 0xff));
    const wanted = expected.digest("hex");

    await runUnder(keeper, request, gigabyte);

    expect(await attached).toBe(wanted);
    expect(await hashOf(await keeper.client.logs({ ...both, raw: true, id: "c", log: request.log }))).toBe(wanted);
    expect(keeper.ownMemoryKib()).toBeLessThan(60_000);
  }, 300_000);
});
