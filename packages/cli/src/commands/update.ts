import { containerUpdate } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { int, parsed, text } from "../flags/flag.ts";
import { parseRestartPolicy } from "../flags/restart-policy.ts";
import { parseSize, parseSwapSize } from "../flags/size.ts";
import { parseCpus } from "../flags/values.ts";
import { eachTarget } from "./each-target.ts";

const bytes = { label: "bytes" };

export const update = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    "blkio-weight": int("Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)", {
      label: "uint16",
    }),
    "cpu-period": int("Limit CPU CFS (Completely Fair Scheduler) period"),
    "cpu-quota": int("Limit CPU CFS (Completely Fair Scheduler) quota"),
    "cpu-rt-period": int("Limit the CPU real-time period in microseconds"),
    "cpu-rt-runtime": int("Limit the CPU real-time runtime in microseconds"),
    "cpu-shares": int("CPU shares (relative weight)", { short: "c" }),
    cpus: parsed("Number of CPUs", parseCpus, { label: "decimal" }),
    "cpuset-cpus": text("CPUs in which to allow execution (0-3, 0,1)"),
    "cpuset-mems": text("MEMs in which to allow execution (0-3, 0,1)"),
    memory: parsed("Memory limit", parseSize, { short: "m", ...bytes }),
    "memory-reservation": parsed("Memory soft limit", parseSize, bytes),
    "memory-swap": parsed("Swap limit equal to memory plus swap: -1 to enable unlimited swap", parseSwapSize, bytes),
    "pids-limit": int("Tune container pids limit (set -1 for unlimited)"),
    restart: parsed("Restart policy to apply when a container exits", parseRestartPolicy),
  },
  run(cli, { flags, given, args }) {
    if (given.size === 0) {
      throw new TdockError("invalid-argument", "you must provide one or more flags when using this command");
    }
    const body = {
      BlkioWeight: flags["blkio-weight"],
      CpuPeriod: flags["cpu-period"],
      CpuQuota: flags["cpu-quota"],
      CpuRealtimePeriod: flags["cpu-rt-period"],
      CpuRealtimeRuntime: flags["cpu-rt-runtime"],
      CpuShares: flags["cpu-shares"],
      NanoCpus: flags.cpus,
      CpusetCpus: flags["cpuset-cpus"],
      CpusetMems: flags["cpuset-mems"],
      Memory: flags.memory,
      MemoryReservation: flags["memory-reservation"],
      MemorySwap: flags["memory-swap"],
      PidsLimit: flags["pids-limit"],
      RestartPolicy: flags.restart,
    };
    return eachTarget(cli, args, async (id) => {
      const { Warnings } = await call(cli.client, containerUpdate, { id, body });
      for (const warning of Warnings ?? []) cli.err.print(`${warning}\n`);
      return id;
    });
  },
});
