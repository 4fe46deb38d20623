import type { ContainerSummary } from "@tdock/api/containers";
import { familiarReference, parseReference } from "../flags/reference.ts";
import { goTime } from "../terminal/go-time.ts";
import { humanAgo, humanSize } from "../terminal/human.ts";
import { displayPorts, type ListedPort } from "../terminal/ports.ts";
import { shortId } from "../terminal/short-id.ts";
import { quote } from "../terminal/template/quote.ts";
import type { Dot } from "../terminal/template/value.ts";
import { ellipsis } from "../terminal/text-width.ts";
import { labelsText, labelTitle } from "./labels.ts";

/** Titles of the columns of `ps`. */
export const containerTitles: Dot = {
  Command: "COMMAND",
  CreatedAt: "CREATED AT",
  HealthStatus: "HEALTH STATUS",
  ID: "CONTAINER ID",
  Image: "IMAGE",
  Label: labelTitle,
  Labels: "LABELS",
  LocalVolumes: "LOCAL VOLUMES",
  Mounts: "MOUNTS",
  Names: "NAMES",
  Networks: "NETWORKS",
  Platform: "PLATFORM",
  Ports: "PORTS",
  RunningFor: "CREATED",
  Size: "SIZE",
  State: "STATE",
  Status: "STATUS",
};

/** A container as `ps --format` sees it; members as docker/cli `formatter.ContainerContext`, each made when read. */
export function containerRow(container: ContainerSummary, { trunc }: { readonly trunc: boolean }): Dot {
  const { Id = "", Command = "", Created = 0, Labels = {}, Status = "" } = container;
  return {
    get Command() {
      return quote(trunc ? ellipsis(Command, 20) : Command);
    },
    get CreatedAt() {
      return goTime(Created);
    },
    get HealthStatus() {
      return /\((?:health: )?(healthy|unhealthy|starting)\)$/.exec(Status)?.[1] ?? "";
    },
    ID: trunc ? shortId(Id) : Id,
    get Image() {
      return imageText(container, trunc);
    },
    Label: (name) => Labels[String(name)] ?? "",
    get Labels() {
      return labelsText(Labels);
    },
    get LocalVolumes() {
      return String(container.Mounts?.filter(({ Driver }) => Driver === "local").length ?? 0);
    },
    get Mounts() {
      const names = (container.Mounts ?? []).map(({ Name, Source }) => Name || Source || "");
      return names.map((name) => (trunc ? ellipsis(name, 15) : name)).join(",");
    },
    get Names() {
      return namesText(container.Names ?? [], trunc);
    },
    get Networks() {
      return Object.keys(container.NetworkSettings?.Networks ?? {}).join(",");
    },
    Platform: null,
    get Ports() {
      return displayPorts((container.Ports ?? []) as readonly ListedPort[]);
    },
    get RunningFor() {
      return humanAgo(Created);
    },
    get Size() {
      const own = humanSize(container.SizeRw ?? 0, 3);
      return container.SizeRootFs ? `${own} (virtual ${humanSize(container.SizeRootFs, 3)})` : own;
    },
    State: container.State ?? "",
    Status,
  };
}

/** The image by its short name; by its id when it has lost its name. */
function imageText({ Image = "", ImageID = "" }: ContainerSummary, trunc: boolean): string {
  if (Image === "") return "<no image>";
  if (!trunc) return Image;
  if (shortId(ImageID) === shortId(Image)) return shortId(Image);
  const reference = parseReference(Image);
  if (reference === undefined) return Image;
  return familiarReference({ ...reference, digest: undefined });
}

/** The first name that is not a legacy link; with `--no-trunc` all names. */
function namesText(names: readonly string[], trunc: boolean): string {
  const plain = names.map((name) => name.replace(/^\//, ""));
  return trunc ? (plain.find((name) => !name.includes("/")) ?? "") : plain.join(",");
}
