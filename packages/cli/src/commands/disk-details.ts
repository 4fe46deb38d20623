import type { DiskUsage } from "@tdock/api/disk-usage";
import { humanAgo, humanSize } from "../terminal/human.ts";
import { shortId } from "../terminal/short-id.ts";
import type { Dot } from "../terminal/template/value.ts";
import { renderListing } from "./listing.ts";

/** One kind of what takes space, row by row. */
export interface DiskDetails {
  readonly heading: string;
  /** Member of a row -> title of its column. */
  readonly titles: Dot;
  readonly rows: readonly Dot[];
}

/** The heading, an empty line, and a table of all members. */
export function sectionText({ heading, titles, rows }: DiskDetails): string {
  const columns = Object.keys(titles).map((name) => `{{.${name}}}`);
  return `${heading}\n\n${renderListing({ format: `table ${columns.join("\t")}`, titles, rows })}`;
}

/** What each image takes: for itself, and together with others. */
export function imageDetails({ Images = [] }: DiskUsage): DiskDetails {
  const titles = {
    ...{ Repository: "REPOSITORY", Tag: "TAG", ID: "IMAGE ID", CreatedSince: "CREATED", Size: "SIZE" },
    ...{ SharedSize: "SHARED SIZE", UniqueSize: "UNIQUE SIZE", Containers: "CONTAINERS" },
  };
  const rows = Images.flatMap(({ Id, RepoTags, Created, Size, SharedSize, Containers }) =>
    (RepoTags?.length ? RepoTags : ["<none>:<none>"]).map((name) => ({
      Repository: name.slice(0, name.lastIndexOf(":")),
      Tag: name.slice(name.lastIndexOf(":") + 1),
      ...{ ID: shortId(Id), CreatedSince: humanAgo(Created), Size: humanSize(Size), SharedSize: humanSize(SharedSize) },
      ...{ UniqueSize: humanSize(Size - SharedSize), Containers: String(Containers) },
    })),
  );
  return { heading: "Images space usage:", titles, rows };
}

/** What each container has written over its image, and into its log. */
export function containerDetails({ Containers = [] }: DiskUsage): DiskDetails {
  const titles = {
    ...{ ID: "CONTAINER ID", Image: "IMAGE", Command: "COMMAND", LocalVolumes: "LOCAL VOLUMES", Size: "SIZE" },
    ...{ Logs: "LOGS", CreatedSince: "CREATED", Status: "STATUS", Names: "NAMES" },
  };
  const rows = Containers.map(
    ({ Id = "", Image = "", Command = "", Mounts, Created = 0, Status, Names, ...sizes }) => ({
      ...{ ID: shortId(Id), Image, Command: JSON.stringify(Command), CreatedSince: humanAgo(Created) },
      ...{ Size: humanSize(sizes.SizeRw ?? 0), Logs: humanSize(sizes.SizeLogs ?? 0) },
      LocalVolumes: String((Mounts ?? []).filter(({ Type }) => Type === "volume").length),
      ...{ Status: Status ?? "", Names: (Names ?? []).map((name) => name.slice(1)).join(",") },
    }),
  );
  return { heading: "Containers space usage:", titles, rows };
}

/** What each volume holds, and how many containers have it. */
export function volumeDetails({ Volumes = [] }: DiskUsage): DiskDetails {
  const titles = { Name: "VOLUME NAME", Links: "LINKS", Size: "SIZE" };
  const rows = Volumes.map(({ Name, UsageData }) => ({
    ...{ Name, Links: String(UsageData?.RefCount ?? 0), Size: humanSize(Math.max(0, UsageData?.Size ?? 0)) },
  }));
  return { heading: "Local Volumes space usage:", titles, rows };
}

/** What there is of layers that have not arrived as a whole. */
export function downloadDetails(downloads: NonNullable<DiskUsage["Downloads"]>): DiskDetails {
  const titles = { ID: "LAYER", Size: "SIZE", InUse: "UNDER WAY" };
  const rows = downloads.map(({ Digest, Size, InUse }) => ({
    ...{ ID: shortId(Digest), Size: humanSize(Size), InUse: String(InUse) },
  }));
  return { heading: "Downloads space usage:", titles, rows };
}
