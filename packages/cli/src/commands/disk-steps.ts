import type { DiskUsage } from "@tdock/api/disk-usage";
import { humanAgo, humanSize } from "../terminal/human.ts";
import type { DiskDetails } from "./disk-details.ts";

const titles = {
  ...{ ID: "CACHE ID", Description: "STEP", Size: "SIZE", CreatedSince: "CREATED", LastUsedSince: "LAST USED" },
  ...{ UsageCount: "USAGE", InUse: "IN USE", Shared: "SHARED" },
};

/** What each result of a build step takes, the longest unused first: the order in which they go. */
export function stepDetails({ BuildCache = [] }: DiskUsage): DiskDetails {
  const sorted = BuildCache.toSorted((one, other) => ((one.LastUsedAt ?? "") < (other.LastUsedAt ?? "") ? -1 : 1));
  const rows = sorted.map(
    ({ ID = "", Description = "", Size = 0, CreatedAt, LastUsedAt, UsageCount = 0, InUse, Shared }) => ({
      ...{ ID, Description, Size: humanSize(Size), CreatedSince: since(CreatedAt), LastUsedSince: since(LastUsedAt) },
      ...{ UsageCount: String(UsageCount), InUse: String(InUse === true), Shared: String(Shared === true) },
    }),
  );
  const bytes = BuildCache.reduce((total, { Size = 0, Shared }) => total + (Shared ? 0 : Size), 0);
  return { heading: `Build cache usage: ${humanSize(bytes)}`, titles, rows };
}

function since(time: string | null | undefined): string {
  return time ? humanAgo(Date.parse(time) / 1000) : "";
}
