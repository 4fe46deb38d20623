import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { supportedLimits } from "./supported-limits.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cgroup-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function touch(file: string, text = ""): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

describe("supportedLimits", () => {
  it("keeps what cgroup v1 has files for, and warns of the rest", () => {
    touch("cpu/cpu.shares");

    const { host, warnings } = supportedLimits({ CpuShares: 512, BlkioWeight: 300, Memory: 7 }, folder);

    expect(host).toEqual({ CpuShares: 512, Memory: 7 });
    expect(warnings).toEqual([
      "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.",
    ]);
  });

  it("goes by the controllers of cgroup v2, which has no swappiness and no switch for the OOM killer", () => {
    touch("cgroup.controllers", "cpu io memory\n");

    const { host, warnings } = supportedLimits(
      { BlkioWeight: 300, MemorySwappiness: 10, OomKillDisable: true, CpusetCpus: "0" },
      folder,
    );

    expect(host).toEqual({ BlkioWeight: 300 });
    expect(warnings).toEqual([
      expect.stringContaining("swappiness"),
      expect.stringContaining("OomKillDisable"),
      expect.stringContaining("cpuset"),
    ]);
  });

  it("has nothing to say about what was not asked for", () => {
    expect(supportedLimits({ MemorySwappiness: -1, BlkioWeightDevice: [], CpuShares: 0 }, folder).warnings).toEqual([]);
  });
});
