import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  systemEvents
} from "./chunk-KIJLNSOV.js";
import {
  shortId
} from "./chunk-U4YGGPQP.js";
import {
  decodeJsonLines
} from "./chunk-5LN6FHN2.js";
import {
  binarySize,
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import {
  formatUsage,
  renderListing
} from "./chunk-P4B3JGJS.js";
import "./chunk-AKM4CKU3.js";
import {
  compileTemplate
} from "./chunk-K6GYZVAU.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerList,
  containerStats
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  any,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/stats-row.ts
var statsTitles = {
  BlockIO: "BLOCK I/O",
  CPUPerc: "CPU %",
  Container: "CONTAINER",
  ID: "CONTAINER ID",
  MemPerc: "MEM %",
  MemUsage: "MEM USAGE / LIMIT",
  Name: "NAME",
  NetIO: "NET I/O",
  PIDs: "PIDS"
};
function emptyRow(container) {
  return {
    BlockIO: "--",
    CPUPerc: "--",
    Container: container,
    ID: "",
    MemPerc: "--",
    MemUsage: "-- / --",
    Name: "--",
    NetIO: "--",
    PIDs: "--"
  };
}
function statsRow(container, sample, { trunc }) {
  const { id = "", name = "", memory_stats: memory } = sample;
  const used = memoryUsed(memory);
  const limit = memory?.limit ?? 0;
  const networks = Object.values(sample.networks ?? {});
  return {
    BlockIO: `${humanSize(blockBytes(sample, "r"), 3)} / ${humanSize(blockBytes(sample, "w"), 3)}`,
    CPUPerc: percent(cpuPercent(sample)),
    Container: container,
    ID: trunc ? shortId(id) : id,
    MemPerc: percent(limit === 0 ? 0 : used / limit * 100),
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    Name: name.replace(/^\//, "") || "--",
    NetIO: `${humanSize(sum(networks, "rx_bytes"), 3)} / ${humanSize(sum(networks, "tx_bytes"), 3)}`,
    PIDs: String(sample.pids_stats?.current ?? 0)
  };
}
function cpuPercent({ cpu_stats: now = {}, precpu_stats: before = {} }) {
  const used = (now.cpu_usage?.total_usage ?? 0) - (before.cpu_usage?.total_usage ?? 0);
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const cpus = now.online_cpus || (now.cpu_usage?.percpu_usage?.length ?? 0);
  return used > 0 && passed > 0 ? used / passed * cpus * 100 : 0;
}
function memoryUsed({ usage = 0, stats: stats2 } = {}) {
  const inactive = stats2?.total_inactive_file ?? stats2?.inactive_file ?? 0;
  return inactive < usage ? usage - inactive : usage;
}
function blockBytes({ blkio_stats: stats2 }, letter) {
  const entries = stats2?.io_service_bytes_recursive ?? [];
  return entries.reduce(
    (total, { op = "", value = 0 }) => op[0]?.toLowerCase() === letter ? total + value : total,
    0
  );
}
function sum(items, name) {
  return items.reduce((total, item) => total + (item[name] ?? 0), 0);
}
function percent(value) {
  return `${value.toFixed(2)}%`;
}

// packages/cli/src/commands/stats.ts
var table = "table {{.ID}}	{{.Name}}	{{.CPUPerc}}	{{.MemUsage}}	{{.MemPerc}}	{{.NetIO}}	{{.BlockIO}}	{{.PIDs}}";
var frameMs = 500;
var stats = defineCommand({
  usage: "[OPTIONS] [CONTAINER...]",
  operands: any,
  flags: {
    all: bool("Show all containers (default shows just running)", { short: "a" }),
    format: text(formatUsage),
    "no-stream": bool("Disable streaming stats and only pull the first result"),
    "no-trunc": bool("Do not truncate output")
  },
  async run(cli, { flags, args }) {
    const named = flags.format ?? readConfigFile(cli).statsFormat;
    const format = named === void 0 || named === "" || named === "table" ? table : named;
    if (!format.startsWith("table") && format !== "json") compileTemplate(format);
    const names = args.length > 0 ? args : await listContainers(cli, flags.all);
    const board = new StatsBoard(cli, { stream: !flags["no-stream"], trunc: !flags["no-trunc"] });
    const first = await Promise.allSettled(names.map((name) => board.watch(name)));
    const failed = first.filter((one) => one.status === "rejected");
    for (const { reason } of failed) cli.err.print(`${reason.message}
`);
    if (args.length > 0 && failed.length > 0) return 1;
    if (flags["no-stream"]) {
      cli.out.print(renderListing({ format, titles: statsTitles, rows: board.rows() }));
      return 0;
    }
    if (args.length === 0) followContainers(cli, board, flags.all).catch(() => {
    });
    return showFrames(cli, board, { format, endsWithLast: args.length > 0 });
  }
});
async function listContainers(cli, all) {
  const containers = await call(cli.client, containerList, { all });
  return containers.map(({ Id = "" }) => Id);
}
var StatsBoard = class {
  #cli;
  #options;
  #rows = /* @__PURE__ */ new Map();
  constructor(cli, options) {
    this.#cli = cli;
    this.#options = options;
  }
  rows() {
    return [...this.#rows.values()];
  }
  /** Resolves with the first sample; goes on until the container is gone. Throws what the engine says. */
  async watch(name) {
    if (this.#rows.has(name)) return;
    const stream = await openStream(this.#cli.client, containerStats, { id: name, stream: this.#options.stream });
    this.#rows.set(name, emptyRow(name));
    const samples = decodeJsonLines(stream);
    const first = await samples.next();
    if (first.done) return;
    this.#show(name, first.value);
    if (this.#options.stream) this.#follow(name, samples).catch(() => this.#rows.delete(name));
  }
  forget(name) {
    this.#rows.delete(name);
  }
  async #follow(name, samples) {
    for await (const sample of samples) if (this.#rows.has(name)) this.#show(name, sample);
    this.#rows.delete(name);
  }
  #show(name, sample) {
    this.#rows.set(name, statsRow(name, sample, this.#options));
  }
};
async function followContainers(cli, board, all) {
  const filters = { type: ["container"] };
  const events = await openStream(cli.client, systemEvents, { filters });
  for await (const { Action, Actor } of decodeJsonLines(events)) {
    const id = Actor?.ID ?? "";
    if (Action === "start" || all && Action === "create") board.watch(id).catch(() => {
    });
    if (Action === "destroy" || !all && Action === "die") board.forget(id);
  }
}
async function showFrames(cli, board, { format, endsWithLast }) {
  while (true) {
    const rows = board.rows();
    if (rows.length === 0 && endsWithLast) return 0;
    drawFrame(cli, renderListing({ format, titles: statsTitles, rows }), format);
    await new Promise((resolve) => setTimeout(resolve, frameMs));
  }
}
function drawFrame(cli, frame, format) {
  if (cli.out.isTerminal && format.startsWith("table")) {
    cli.out.printRaw(`\x1B[H${frame.replaceAll("\n", "\x1B[K\n")}\x1B[J`);
  } else {
    cli.out.print(frame);
  }
}
export {
  stats
};
