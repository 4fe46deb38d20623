import type { DiskUsage } from "@tdock/api/disk-usage";
import { humanDuration, humanSize } from "../terminal/human.ts";
import { shortId } from "../terminal/short-id.ts";
import type { Dot } from "../terminal/template/value.ts";
import { renderListing } from "./listing.ts";

/** A heading, an empty line, and a table whose columns are the members of `titles`. */
export function section(heading: string, titles: Dot, rows: readonly Dot[]): string {
  const columns = Object.keys(titles).map((name) => `{{.${name}}}`);
  return `${heading}\n\n${renderListing({ format: `table ${columns.join("\t")}`, titles, rows })}`;
}

/** How long ago something was, `createdAt` in seconds since 1970. */
export function ago(createdAt: number): string {
  return `${humanDuration(Date.now() - createdAt * 1000)} ago`;
}

/** What each image takes: for itself, and together with others. */
export function imageDetails({ Images = [] }: DiskUsage): string {
  const titles = {
    ...{ Repository: "REPOSITORY", Tag: "TAG", ID: "IMAGE ID", CreatedSince: "CREATED", Size: "SIZE" },
    ...{ SharedSize: "SHARED SIZE", UniqueSize: "UNIQUE SIZE", Containers: "CONTAINERS" },
  };
  const rows = Images.flatMap(({ Id, RepoTags, Created, Size, SharedSize, Containers }) =>
    (RepoTags?.length ? RepoTags : ["<none>:<none>"]).map((name) => ({
      Repository: name.slice(0, name.lastIndexOf(":")),
      Tag: name.slice(name.lastIndexOf(":") + 1),
      ...{ ID: shortId(Id), CreatedSince: ago(Created), Size: humanSize(Size), SharedSize: humanSize(SharedSize) },
      ...{ UniqueSize: humanSize(Size - SharedSize), Containers: String(Containers) },
    })),
  );
  return section("Images space usage:", titles, rows);
}

/** What each container has written over its image. */
export function containerDetails({ Containers = [] }: DiskUsage): string {
  const titles = {
    ...{ ID: "CONTAINER ID", Image: "IMAGE", Command: "COMMAND", LocalVolumes: "LOCAL VOLUMES", Size: "SIZE" },
    ...{ CreatedSince: "CREATED", Status: "STATUS", Names: "NAMES" },
  };
  const rows = Containers.map(({ Id = "", Image = "", Command = "", Mounts, SizeRw, Created = 0, Status, Names }) => ({
    ...{
      ID: shortId(Id),
      Image,
      Command: JSON.stringify(Command),
      Size: humanSize(SizeRw ?? 0),
      CreatedSince: ago(Created),
    },
    LocalVolumes: String((Mounts ?? []).filter(({ Type }) => Type === "volume").length),
    ...{ Status: Status ?? "", Names: (Names ?? []).map((name) => name.slice(1)).join(",") },
  }));
  return section("Containers space usage:", titles, rows);
}

/** What each volume holds, and how many containers have it. */
export function volumeDetails({ Volumes = [] }: DiskUsage): string {
  const titles = { Name: "VOLUME NAME", Links: "LINKS", Size: "SIZE" };
  const rows = Volumes.map(({ Name, UsageData }) => ({
    ...{ Name, Links: String(UsageData?.RefCount ?? 0), Size: humanSize(Math.max(0, UsageData?.Size ?? 0)) },
  }));
  return section("Local Volumes space usage:", titles, rows);
}
