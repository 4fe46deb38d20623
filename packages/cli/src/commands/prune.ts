import { containerPrune } from "@tdock/api/containers";
import { imagePrune } from "@tdock/api/images";
import { networkPrune } from "@tdock/api/networks";
import { volumePrune } from "@tdock/api/volumes";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { defineCommand, none } from "../command.ts";
import { filtersOf, longFilterFlag } from "../flags/filter.ts";
import { bool } from "../flags/flag.ts";
import { confirm } from "../terminal/confirm.ts";
import { humanSize } from "../terminal/human.ts";

type Pairs = readonly (readonly [string, string])[];

/** What was removed and how much space that gave. */
export interface Pruned {
  readonly lines: readonly string[];
  readonly reclaimedBytes: number;
}

/** What a `prune` command says that it removes, and how it does so. */
interface PruneOptions {
  readonly warning: string;
  readonly prune: (cli: Cli, pairs: Pairs) => Promise<Pruned>;
}

const pruneFlags = {
  filter: longFilterFlag('Provide filter values (e.g. "until=<timestamp>")'),
  force: bool("Do not prompt for confirmation", { short: "f" }),
};

/** A `prune` command without `--all`: warns, asks, removes, and says what came of it. */
function pruneCommand(options: PruneOptions & { readonly showsSpace: boolean }) {
  return defineCommand({
    usage: "[OPTIONS]",
    operands: none,
    flags: pruneFlags,
    async run(cli, { flags }) {
      const pruned = await askAndPrune(cli, flags, options);
      if (pruned !== undefined) printPruned(cli, pruned, options.showsSpace);
      return 0;
    },
  });
}

interface PruneAllOptions extends PruneOptions {
  readonly warningAll: string;
  /** The filter that `--all` stands for, and its opposite. */
  readonly filters: { readonly all: Pairs; readonly some: Pairs };
}

function pruneAllCommand({ warning, warningAll, prune, filters }: PruneAllOptions) {
  return defineCommand({
    usage: "[OPTIONS]",
    operands: none,
    flags: { all: bool("Remove all that is unused", { short: "a" }), ...pruneFlags },
    async run(cli, { flags }) {
      const filter = [...flags.filter, ...(flags.all ? filters.all : filters.some)];
      const options = { warning: flags.all ? warningAll : warning, prune };
      const pruned = await askAndPrune(cli, { ...flags, filter }, options);
      if (pruned !== undefined) printPruned(cli, pruned, true);
      return 0;
    },
  });
}

/** Undefined when the user has thought better of it. */
async function askAndPrune(
  cli: Cli,
  { filter, force }: { readonly filter: Pairs; readonly force: boolean },
  { warning, prune }: PruneOptions,
): Promise<Pruned | undefined> {
  const isWanted = force || (await confirm(cli, `${warning}\nAre you sure you want to continue?`));
  return isWanted ? await prune(cli, filter) : undefined;
}

function printPruned(cli: Cli, { lines, reclaimedBytes }: Pruned, showsSpace: boolean): void {
  if (lines.length > 0) cli.out.print(`${lines.join("\n")}\n${showsSpace ? "\n" : ""}`);
  if (showsSpace) cli.out.print(`Total reclaimed space: ${humanSize(reclaimedBytes)}\n`);
}

export async function pruneContainers(cli: Cli, pairs: Pairs): Promise<Pruned> {
  const { ContainersDeleted, SpaceReclaimed } = await call(cli.client, containerPrune, { filters: filtersOf(pairs) });
  return { lines: titled("Deleted Containers:", ContainersDeleted), reclaimedBytes: SpaceReclaimed ?? 0 };
}

export async function pruneNetworks(cli: Cli, pairs: Pairs): Promise<Pruned> {
  const { NetworksDeleted } = await call(cli.client, networkPrune, { filters: filtersOf(pairs) });
  return { lines: titled("Deleted Networks:", NetworksDeleted), reclaimedBytes: 0 };
}

export async function pruneVolumes(cli: Cli, pairs: Pairs): Promise<Pruned> {
  const { VolumesDeleted, SpaceReclaimed } = await call(cli.client, volumePrune, { filters: filtersOf(pairs) });
  return { lines: titled("Deleted Volumes:", VolumesDeleted), reclaimedBytes: SpaceReclaimed ?? 0 };
}

export async function pruneImages(cli: Cli, pairs: Pairs): Promise<Pruned> {
  const { ImagesDeleted, SpaceReclaimed } = await call(cli.client, imagePrune, { filters: filtersOf(pairs) });
  const lines = (ImagesDeleted ?? []).map(({ Untagged, Deleted }) =>
    Deleted ? `deleted: ${Deleted}` : `untagged: ${Untagged}`,
  );
  return { lines: titled("Deleted Images:", lines), reclaimedBytes: SpaceReclaimed ?? 0 };
}

function titled(title: string, lines: readonly string[] | null | undefined): string[] {
  return lines == null || lines.length === 0 ? [] : [title, ...lines];
}

export const containerPruneCommand = pruneCommand({
  warning: "WARNING! This will remove all stopped containers.",
  prune: pruneContainers,
  showsSpace: true,
});

export const networkPruneCommand = pruneCommand({
  warning: "WARNING! This will remove all custom networks not used by at least one container.",
  prune: pruneNetworks,
  showsSpace: false,
});

export const volumePruneCommand = pruneAllCommand({
  warning: "WARNING! This will remove anonymous local volumes not used by at least one container.",
  warningAll: "WARNING! This will remove all local volumes not used by at least one container.",
  prune: pruneVolumes,
  filters: { all: [["all", "true"]], some: [] },
});

export const imagePruneCommand = pruneAllCommand({
  warning: "WARNING! This will remove all dangling images.",
  warningAll: "WARNING! This will remove all images without at least one container associated to them.",
  prune: pruneImages,
  filters: { all: [["dangling", "false"]], some: [["dangling", "true"]] },
});
