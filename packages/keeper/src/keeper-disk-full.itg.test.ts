import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ContainerProcess } from "./testing/container-process.ts";
import { demultiplex } from "./testing/demultiplex.ts";
import { eventually } from "./testing/eventually.ts";
import { RunningKeeper } from "./testing/running-keeper.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

/** A file system of its own, of a few megabytes. */
function smallDisk(path: string): Disposable {
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tdock-keeper-test", path]);
  return { [Symbol.dispose]: () => execFileSync("umount", ["--lazy", path]) };
}

describe("tdock-keeper on a full disk", () => {
  it("lets the container go on, and says in the log how much was lost when there is room again", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "disk");
    using _disk = smallDisk(path);
    await using keeper = new RunningKeeper();
    const request = keeper.request("c", { path: join(path, "container.log") });
    await keeper.client.open(request);
    const go = join(keeper.folder, "go");
    const script = `echo first; head -c 8000000 /dev/zero; until [ -e '${go}' ]; do sleep 0.01; done; echo last`;
    using container = await ContainerProcess.start(request, script);
    await keeper.client.started(request);
    const dropped = async () => (await keeper.client.list())[0]?.droppedBytes ?? 0;
    await eventually(async () => (await dropped()) > 3_000_000);

    execFileSync("mount", ["-o", "remount,size=20m", path]);
    writeFileSync(go, "");
    await container.ended;
    const lost = await dropped();
    await keeper.client.forget(request);

    const bytes = await buffer(
      await keeper.client.logs({ stdout: true, stderr: true, raw: false, id: "c", log: request.log }),
    );
    const { stdout, stderr } = demultiplex(bytes);
    expect(stdout.startsWith("first\n")).toBe(true);
    expect(stdout.endsWith("last\n")).toBe(true);
    expect(stdout.length + lost).toBe("first\n".length + 8_000_000 + "last\n".length);
    expect(stderr).toBe(`tdock-keeper: ${lost} bytes of output were lost: ENOSPC\n`);
    rmSync(request.log.path);
  });
});
