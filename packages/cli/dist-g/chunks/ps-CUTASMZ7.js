import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  goTime
} from "./chunk-VBNPYXY5.js";
import {
  labelTitle,
  labelsText
} from "./chunk-2HDB3FTK.js";
import {
  filterFlag,
  filtersOf
} from "./chunk-WKLKIBUB.js";
import {
  shortId
} from "./chunk-U4YGGPQP.js";
import {
  displayPorts
} from "./chunk-YUOEI3WH.js";
import {
  familiarReference,
  parseReference
} from "./chunk-574XGQBR.js";
import {
  humanDuration,
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  formatUsage,
  renderListing
} from "./chunk-P4B3JGJS.js";
import {
  ellipsis
} from "./chunk-AKM4CKU3.js";
import "./chunk-K6GYZVAU.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerList
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  none
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  int,
  quote,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/container-row.ts
var containerTitles = {
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
  Status: "STATUS"
};
function containerRow(container, { trunc }) {
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
      return names.map((name) => trunc ? ellipsis(name, 15) : name).join(",");
    },
    get Names() {
      return namesText(container.Names ?? [], trunc);
    },
    get Networks() {
      return Object.keys(container.NetworkSettings?.Networks ?? {}).join(",");
    },
    Platform: null,
    get Ports() {
      return displayPorts(container.Ports ?? []);
    },
    get RunningFor() {
      return `${humanDuration(Date.now() - Created * 1e3)} ago`;
    },
    get Size() {
      const own = humanSize(container.SizeRw ?? 0, 3);
      return container.SizeRootFs ? `${own} (virtual ${humanSize(container.SizeRootFs, 3)})` : own;
    },
    State: container.State ?? "",
    Status
  };
}
function imageText({ Image = "", ImageID = "" }, trunc) {
  if (Image === "") return "<no image>";
  if (!trunc) return Image;
  if (shortId(ImageID) === shortId(Image)) return shortId(Image);
  const reference = parseReference(Image);
  if (reference === void 0) return Image;
  return familiarReference({ ...reference, digest: void 0 });
}
function namesText(names, trunc) {
  const plain = names.map((name) => name.replace(/^\//, ""));
  return trunc ? plain.find((name) => !name.includes("/")) ?? "" : plain.join(",");
}

// packages/cli/src/commands/ps.ts
var table = "table {{.ID}}	{{.Image}}	{{.Command}}	{{.RunningFor}}	{{.Status}}	{{.Ports}}	{{.Names}}";
var raw = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state: {{- pad .State 1 0}}
status: {{- pad .Status 1 0}}
names: {{.Names}}
labels: {{- pad .Labels 1 0}}
ports: {{- pad .Ports 1 0}}
`;
var ps = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    all: bool("Show all containers (default shows just running)", { short: "a" }),
    filter: filterFlag("Filter output based on conditions provided"),
    format: text(formatUsage),
    last: int("Show n last created containers (includes all states)", { short: "n", shownDefault: "-1" }),
    latest: bool("Show the latest created container (includes all states)", { short: "l" }),
    "no-trunc": bool("Don't truncate output"),
    quiet: bool("Only display container IDs", { short: "q" }),
    size: bool("Display total file sizes", { short: "s" })
  },
  async run(cli, { flags }) {
    const named = flags.format ?? (flags.quiet ? void 0 : readConfigFile(cli).psFormat);
    const format = chooseFormat(named, flags);
    const containers = await call(cli.client, containerList, {
      all: flags.all,
      limit: flags.last !== void 0 && flags.last > 0 ? flags.last : flags.latest ? 1 : void 0,
      size: flags.size || needsSize(format),
      filters: filtersOf(flags.filter)
    });
    const rows = containers.map(
      (container) => containerRow(container, { trunc: !flags["no-trunc"] })
    );
    cli.out.print(renderListing({ format, titles: containerTitles, rows }));
    return 0;
  }
});
function chooseFormat(named, { quiet, size }) {
  if (quiet) return named === "raw" ? "container_id: {{.ID}}" : "{{.ID}}";
  if (named === void 0 || named === "" || named === "table") return size ? `${table}	{{.Size}}` : table;
  if (named === "raw") return size ? `${raw}size: {{.Size}}
` : raw;
  return named;
}
function needsSize(format) {
  return /\.Size\b|\{\{\s*json \.\s*\}\}/.test(format);
}
export {
  ps
};
