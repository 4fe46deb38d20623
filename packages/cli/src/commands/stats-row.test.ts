import { describe, expect, it } from "vitest";
import { cpuPercent, statsRow } from "./stats-row.ts";

const sample = {
  id: "a".repeat(64),
  name: "/web",
  cpu_stats: { cpu_usage: { total_usage: 300 }, system_cpu_usage: 2000, online_cpus: 2 },
  precpu_stats: { cpu_usage: { total_usage: 100 }, system_cpu_usage: 1000 },
  memory_stats: { usage: 3 * 1024 ** 2, limit: 8 * 1024 ** 2, stats: { inactive_file: 1024 ** 2 } },
  networks: { eth0: { rx_bytes: 1000, tx_bytes: 10 }, eth1: { rx_bytes: 500, tx_bytes: 0 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: "read", value: 5 },
      { op: "Write", value: 7 },
    ],
  },
  pids_stats: { current: 3 },
};

describe("statsRow", () => {
  it("shows a sample as Docker does", () => {
    expect(statsRow("web", sample, { trunc: true })).toEqual({
      BlockIO: "5B / 7B",
      CPUPerc: "40.00%",
      Container: "web",
      ID: "a".repeat(12),
      MemPerc: "25.00%",
      MemUsage: "2MiB / 8MiB",
      Name: "web",
      NetIO: "1.5kB / 10B",
      PIDs: "3",
    });
  });
});

describe("cpuPercent", () => {
  it("is 0 before there are two samples", () => {
    expect(cpuPercent({ cpu_stats: sample.cpu_stats })).toBe(30);
    expect(cpuPercent({})).toBe(0);
  });
});
