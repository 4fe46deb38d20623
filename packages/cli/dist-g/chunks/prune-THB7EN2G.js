import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  filterFlag,
  filtersOf
} from "./chunk-WKLKIBUB.js";
import {
  volumePrune
} from "./chunk-MITBZ7EJ.js";
import {
  networkPrune
} from "./chunk-G7FM3AXD.js";
import {
  imagePrune
} from "./chunk-7SSBNG2S.js";
import {
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerPrune
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  none
} from "./chunk-TYEFKKFM.js";
import {
  bool
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/terminal/confirm.ts
import { createInterface } from "node:readline/promises";
async function confirm(cli, question) {
  cli.out.print(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return /^(y|yes)$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}

// packages/cli/src/commands/prune.ts
function pruneCommand({ warning, warningAll, prune, filters, showsSpace }) {
  return defineCommand({
    usage: "[OPTIONS]",
    operands: none,
    flags: {
      all: bool("Remove all that is unused", { short: "a", ...warningAll === void 0 && { hidden: true } }),
      filter: longOnly(filterFlag('Provide filter values (e.g. "until=<timestamp>")')),
      force: bool("Do not prompt for confirmation", { short: "f" })
    },
    async run(cli, { flags }) {
      const text = flags.all ? warningAll ?? warning : warning;
      if (!flags.force && !await confirm(cli, `${text}
Are you sure you want to continue?`)) return 0;
      const extra = (flags.all ? filters?.all : filters?.some) ?? [];
      printPruned(cli, await prune(cli, [...flags.filter, ...extra]), showsSpace);
      return 0;
    }
  });
}
function longOnly({ short: _, ...flag }) {
  return flag;
}
function printPruned(cli, { lines, reclaimedBytes }, showsSpace) {
  if (lines.length > 0) cli.out.print(`${lines.join("\n")}
${showsSpace ? "\n" : ""}`);
  if (showsSpace) cli.out.print(`Total reclaimed space: ${humanSize(reclaimedBytes)}
`);
}
async function pruneContainers(cli, pairs) {
  const { ContainersDeleted, SpaceReclaimed } = await call(cli.client, containerPrune, { filters: filtersOf(pairs) });
  return { lines: titled("Deleted Containers:", ContainersDeleted), reclaimedBytes: SpaceReclaimed ?? 0 };
}
async function pruneNetworks(cli, pairs) {
  const { NetworksDeleted } = await call(cli.client, networkPrune, { filters: filtersOf(pairs) });
  return { lines: titled("Deleted Networks:", NetworksDeleted), reclaimedBytes: 0 };
}
async function pruneVolumes(cli, pairs) {
  const { VolumesDeleted, SpaceReclaimed } = await call(cli.client, volumePrune, { filters: filtersOf(pairs) });
  return { lines: titled("Deleted Volumes:", VolumesDeleted), reclaimedBytes: SpaceReclaimed ?? 0 };
}
async function pruneImages(cli, pairs) {
  const { ImagesDeleted, SpaceReclaimed } = await call(cli.client, imagePrune, { filters: filtersOf(pairs) });
  const lines = (ImagesDeleted ?? []).map(
    ({ Untagged, Deleted }) => Deleted ? `deleted: ${Deleted}` : `untagged: ${Untagged}`
  );
  return { lines: titled("Deleted Images:", lines), reclaimedBytes: SpaceReclaimed ?? 0 };
}
function titled(title, lines) {
  return lines == null || lines.length === 0 ? [] : [title, ...lines];
}
var containerPruneCommand = pruneCommand({
  warning: "WARNING! This will remove all stopped containers.",
  prune: pruneContainers,
  showsSpace: true
});
var networkPruneCommand = pruneCommand({
  warning: "WARNING! This will remove all custom networks not used by at least one container.",
  prune: pruneNetworks,
  showsSpace: false
});
var volumePruneCommand = pruneCommand({
  warning: "WARNING! This will remove anonymous local volumes not used by at least one container.",
  warningAll: "WARNING! This will remove all local volumes not used by at least one container.",
  prune: pruneVolumes,
  filters: { all: [["all", "true"]], some: [] },
  showsSpace: true
});
var imagePruneCommand = pruneCommand({
  warning: "WARNING! This will remove all dangling images.",
  warningAll: "WARNING! This will remove all images without at least one container associated to them.",
  prune: pruneImages,
  filters: { all: [["dangling", "false"]], some: [["dangling", "true"]] },
  showsSpace: true
});
export {
  containerPruneCommand,
  imagePruneCommand,
  networkPruneCommand,
  pruneContainers,
  pruneImages,
  pruneNetworks,
  pruneVolumes,
  volumePruneCommand
};
