import { buildPrune } from "@tdock/api/build";
import type { Filters } from "@tdock/api/filters";
import { isError, TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { defineCommand, none } from "../command.ts";
import { filtersOf, longFilterFlag } from "../flags/filter.ts";
import { bool } from "../flags/flag.ts";
import { confirm } from "../terminal/confirm.ts";
import { humanSize } from "../terminal/human.ts";
import { type Pruned, pruneContainers, pruneImages, pruneNetworks, pruneVolumes } from "./prune.ts";

export const systemPrune = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    all: bool("Remove all unused images not just dangling ones", { short: "a" }),
    filter: longFilterFlag('Provide filter values (e.g. "label=<key>=<value>")'),
    force: bool("Do not prompt for confirmation", { short: "f" }),
    volumes: bool("Prune anonymous volumes"),
  },
  async run(cli, { flags }) {
    if (flags.volumes && flags.filter.some(([name]) => name === "until")) {
      throw new TdockError("invalid-argument", 'ERROR: The "until" filter is not supported with "--volumes"');
    }
    if (!flags.force && !(await confirm(cli, warning(flags)))) return 0;
    const images = [...flags.filter, ["dangling", flags.all ? "false" : "true"] as const];
    const steps = [
      () => pruneContainers(cli, flags.filter),
      () => pruneNetworks(cli, flags.filter),
      ...(flags.volumes ? [() => pruneVolumes(cli, flags.filter)] : []),
      () => pruneImages(cli, images),
      ...(isOfBuilds(flags.filter)
        ? [() => pruneBuilds(cli, { all: flags.all, filters: filtersOf(flags.filter) })]
        : []),
    ];
    let reclaimedBytes = 0;
    for (const step of steps) {
      const pruned = await step();
      if (pruned.lines.length > 0) cli.out.print(`${pruned.lines.join("\n")}\n\n`);
      reclaimedBytes += pruned.reclaimedBytes;
    }
    cli.out.print(`Total reclaimed space: ${humanSize(reclaimedBytes)}\n`);
    return 0;
  },
});

function warning({ all, volumes }: { all: boolean; volumes: boolean }): string {
  const lines = [
    "all stopped containers",
    "all networks not used by at least one container",
    ...(volumes ? ["all anonymous volumes not used by at least one container"] : []),
    all ? "all images without at least one container associated to them" : "all dangling images",
    all ? "all build cache" : "unused build cache",
  ];
  const list = lines.map((line) => `  - ${line}\n`).join("");
  return `WARNING! This will remove:\n${list}\nAre you sure you want to continue?`;
}

/** Build cache has no labels: where those are asked for, it stays. */
function isOfBuilds(filter: readonly (readonly [string, string])[]): boolean {
  return filter.every(([name]) => name === "until");
}

/** An engine without a build cache has nothing to prune. */
async function pruneBuilds(
  cli: Cli,
  { all, filters }: { all: boolean; filters: Filters | undefined },
): Promise<Pruned> {
  try {
    const { CachesDeleted, SpaceReclaimed } = await call(cli.client, buildPrune, { all: all || undefined, filters });
    const lines =
      CachesDeleted == null || CachesDeleted.length === 0 ? [] : ["Deleted build cache objects:", ...CachesDeleted];
    return { lines, reclaimedBytes: SpaceReclaimed ?? 0 };
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
    return { lines: [], reclaimedBytes: 0 };
  }
}
