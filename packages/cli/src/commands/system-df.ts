import { type DiskUsage, systemDiskUsage } from "@tdock/api/disk-usage";
import { call } from "../client/call.ts";
import { defineCommand, none } from "../command.ts";
import { bool, text } from "../flags/flag.ts";
import { humanSize } from "../terminal/human.ts";
import type { Dot } from "../terminal/template/value.ts";
import { containerDetails, downloadDetails, imageDetails, sectionText, volumeDetails } from "./disk-details.ts";
import { stepDetails } from "./disk-steps.ts";
import { chooseFormat, formatUsage, renderListing } from "./listing.ts";

const titles: Dot = { Type: "TYPE", TotalCount: "TOTAL", Active: "ACTIVE", Size: "SIZE", Reclaimable: "RECLAIMABLE" };

export const systemDf = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    format: text(formatUsage),
    verbose: bool("Show detailed information on space usage", { short: "v" }),
  },
  async run(cli, { flags }) {
    const usage = await call(cli.client, systemDiskUsage, { verbose: flags.verbose || undefined });
    if (flags.verbose) {
      cli.out.print(detailsText(usage, flags.format));
      return 0;
    }
    const format = chooseFormat(flags.format, formats);
    cli.out.print(renderListing({ format, titles, rows: summaries(usage) }));
    return 0;
  },
});

const formats = {
  table: "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
  raw: "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n",
};

/** Tables, or what a template makes of the rows of all kinds. */
function detailsText(usage: DiskUsage, format: string | undefined): string {
  const details = {
    Images: imageDetails(usage),
    Containers: containerDetails(usage),
    Volumes: volumeDetails(usage),
    BuildCache: stepDetails(usage),
    ...(usage.Downloads?.length && { Downloads: downloadDetails(usage.Downloads) }),
  };
  if (!format || format === "table") return Object.values(details).map(sectionText).join("\n");
  const rows = Object.fromEntries(Object.entries(details).map(([kind, { rows }]) => [kind, rows]));
  return renderListing({ format, titles: {}, rows: [rows] });
}

interface Summary {
  readonly type: string;
  readonly total: number;
  readonly active: number;
  readonly sizeBytes: number;
  readonly reclaimableBytes: number;
}

/** Counted as Docker's command line does (docker/cli `cli/command/formatter/disk_usage.go`). */
function summaries(usage: DiskUsage): Dot[] {
  const { LayersSize = 0, Images = [], Containers = [], Volumes = [], BuildCache = [], Downloads = [] } = usage;
  const usedImages = Images.filter(({ Containers: count }) => count !== 0);
  const usedImageBytes = sum(usedImages, ({ Size, SharedSize }) => (SharedSize < 0 ? 0 : Size - SharedSize));
  const alive = Containers.filter(({ State }) => ["running", "paused", "restarting"].includes(State ?? ""));
  const written = ({ SizeRw, SizeLogs = 0 }: (typeof Containers)[number]) => (SizeRw ?? 0) + SizeLogs;
  const writtenBytes = sum(Containers, written);
  const usedVolumes = Volumes.filter(({ UsageData }) => (UsageData?.RefCount ?? 0) > 0);
  const volumeBytes = sum(Volumes, ({ UsageData }) => Math.max(0, UsageData?.Size ?? 0));
  const busySteps = BuildCache.filter(({ InUse }) => InUse);
  // What an image has as well counts there.
  const ownSteps = BuildCache.filter(({ Shared }) => Shared !== true);
  const stepBytes = sum(ownSteps, ({ Size = 0 }) => Size);
  return [
    row({
      ...{ type: "Images", total: Images.length, active: usedImages.length },
      ...{ sizeBytes: LayersSize, reclaimableBytes: LayersSize - usedImageBytes },
    }),
    row({
      ...{ type: "Containers", total: Containers.length, active: alive.length, sizeBytes: writtenBytes },
      reclaimableBytes: writtenBytes - sum(alive, written),
    }),
    row({
      ...{ type: "Local Volumes", total: Volumes.length, active: usedVolumes.length, sizeBytes: volumeBytes },
      reclaimableBytes: volumeBytes - sum(usedVolumes, ({ UsageData }) => Math.max(0, UsageData?.Size ?? 0)),
    }),
    row({
      ...{ type: "Build Cache", total: BuildCache.length, active: busySteps.length, sizeBytes: stepBytes },
      reclaimableBytes: sum(ownSteps, ({ InUse, Size = 0 }) => (InUse ? 0 : Size)),
    }),
    ...(Downloads.length === 0 ? [] : [downloadRow(Downloads)]),
  ];
}

/** Layers that have arrived in part. */
function downloadRow(downloads: NonNullable<DiskUsage["Downloads"]>): Dot {
  const busy = downloads.filter(({ InUse }) => InUse);
  const sizeBytes = sum(downloads, ({ Size }) => Size);
  const reclaimableBytes = sizeBytes - sum(busy, ({ Size }) => Size);
  return row({ type: "Downloads", total: downloads.length, active: busy.length, sizeBytes, reclaimableBytes });
}

function row({ type, total, active, sizeBytes, reclaimableBytes }: Summary): Dot {
  const share = sizeBytes > 0 ? ` (${Math.floor((reclaimableBytes * 100) / sizeBytes)}%)` : "";
  return {
    Active: String(active),
    Reclaimable: humanSize(reclaimableBytes) + share,
    Size: humanSize(sizeBytes),
    TotalCount: String(total),
    Type: type,
  };
}

function sum<T>(items: readonly T[], bytesOf: (item: T) => number): number {
  return items.reduce((total, item) => total + bytesOf(item), 0);
}
