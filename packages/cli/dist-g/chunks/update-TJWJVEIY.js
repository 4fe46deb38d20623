import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  eachTarget
} from "./chunk-26DRIXT4.js";
import {
  parseRestartPolicy,
  parseSize,
  parseSwapSize
} from "./chunk-6JYLRKDK.js";
import {
  parseCpus
} from "./chunk-IJCJREXZ.js";
import "./chunk-NLNHA66E.js";
import "./chunk-GVOX5WRT.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerUpdate
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  int,
  parsed,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/update.ts
var bytes = { label: "bytes" };
var update = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    "blkio-weight": int("Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)", {
      label: "uint16"
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
    restart: parsed("Restart policy to apply when a container exits", parseRestartPolicy)
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
      RestartPolicy: flags.restart
    };
    return eachTarget(cli, args, async (id) => {
      const { Warnings } = await call(cli.client, containerUpdate, { id, body });
      for (const warning of Warnings ?? []) cli.err.print(`${warning}
`);
      return id;
    });
  }
});
export {
  update
};
