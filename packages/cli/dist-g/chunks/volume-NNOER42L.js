import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  labelTitle,
  labelsText
} from "./chunk-2HDB3FTK.js";
import {
  filterFlag,
  filtersOf
} from "./chunk-WKLKIBUB.js";
import {
  volumeClone,
  volumeCreate,
  volumeExport,
  volumeImport,
  volumeList,
  volumeRemove
} from "./chunk-MITBZ7EJ.js";
import {
  checkDestination,
  saveStream
} from "./chunk-XZWCSNG5.js";
import {
  eachTarget
} from "./chunk-26DRIXT4.js";
import {
  openInput
} from "./chunk-AO2HRDYK.js";
import {
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
import "./chunk-K6GYZVAU.js";
import "./chunk-DVWXHFU4.js";
import {
  parseLabel
} from "./chunk-GK2WXUHP.js";
import {
  pairsToMap
} from "./chunk-NLNHA66E.js";
import "./chunk-GVOX5WRT.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand,
  exactly,
  none
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  list,
  parsedList,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/volume.ts
var volumeCreateCommand = defineCommand({
  usage: "[OPTIONS] [VOLUME]",
  operands: [0, 1],
  flags: {
    driver: text("Specify volume driver name", { short: "d", shownDefault: '"local"' }),
    label: parsedList("Set metadata for a volume", parseLabel),
    name: text("Specify volume name", { hidden: true }),
    opt: list("Set driver specific options", { short: "o", label: "map" })
  },
  async run(cli, { flags, args: [name] }) {
    if (name !== void 0 && flags.name !== void 0) {
      throw new TdockError(
        "invalid-argument",
        "conflicting options: cannot specify a volume-name through both --name and as a positional arg"
      );
    }
    const { Name } = await call(cli.client, volumeCreate, {
      body: {
        Name: name ?? flags.name,
        Driver: flags.driver ?? "local",
        DriverOpts: pairsToMap(flags.opt),
        Labels: pairsToMap(flags.label)
      }
    });
    cli.out.print(`${Name}
`);
    return 0;
  }
});
var titles = {
  Driver: "DRIVER",
  Label: labelTitle,
  Labels: "LABELS",
  Links: "LINKS",
  Mountpoint: "MOUNTPOINT",
  Name: "VOLUME NAME",
  Scope: "SCOPE",
  Size: "SIZE"
};
var volumeLs = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    filter: filterFlag('Provide filter values (e.g. "dangling=true")'),
    format: text(formatUsage),
    quiet: bool("Only display volume names", { short: "q" }),
    size: bool("Display sizes, which takes a walk through every volume", { short: "s" })
  },
  async run(cli, { flags }) {
    const named = flags.format ?? (flags.quiet ? void 0 : readConfigFile(cli).volumesFormat);
    const table = `table {{.Driver}}	{{.Name}}${flags.size ? "	{{.Size}}" : ""}`;
    const format = named === void 0 || named === "" || named === "table" ? flags.quiet ? "{{.Name}}" : table : named;
    const size = flags.size || /\.(Size|Links)\b/.test(format) || void 0;
    const { Volumes } = await call(cli.client, volumeList, { filters: filtersOf(flags.filter), size });
    const rows = (Volumes ?? []).toSorted((a, b) => a.Name.localeCompare(b.Name, "en")).map(volumeRow);
    cli.out.print(renderListing({ format, titles, rows }));
    return 0;
  }
});
function volumeRow(volume) {
  const { UsageData } = volume;
  return {
    Availability: "N/A",
    Driver: volume.Driver,
    Group: "N/A",
    Label: (name) => volume.Labels?.[String(name)] ?? "",
    get Labels() {
      return labelsText(volume.Labels);
    },
    Links: UsageData == null ? "N/A" : String(UsageData.RefCount),
    Mountpoint: volume.Mountpoint,
    Name: volume.Name,
    Scope: volume.Scope,
    Size: UsageData == null ? "N/A" : humanSize(UsageData.Size),
    Status: "N/A"
  };
}
var volumeRm = defineCommand({
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  operands: atLeastOne,
  flags: { force: bool("Force the removal of one or more volumes", { short: "f" }) },
  run: (cli, { flags, args }) => eachTarget(cli, args, async (name) => {
    await call(cli.client, volumeRemove, { name, force: flags.force });
    return name;
  })
});
var volumeExportCommand = defineCommand({
  usage: "[OPTIONS] VOLUME",
  operands: exactly(1),
  flags: { output: text("Write to a file, instead of STDOUT", { short: "o" }) },
  async run(cli, { flags, args: [name = ""] }) {
    await checkDestination(flags.output);
    await saveStream(await openStream(cli.client, volumeExport, { name }), flags.output);
    return 0;
  }
});
var volumeImportCommand = defineCommand({
  usage: "VOLUME [FILE|-]",
  operands: [1, 2],
  flags: {},
  async run(cli, { args: [name = "", path = "-"] }) {
    await call(cli.client, volumeImport, { name, body: await openInput(path) });
    return 0;
  }
});
var volumeCloneCommand = defineCommand({
  usage: "VOLUME NEW_VOLUME",
  operands: exactly(2),
  flags: {},
  async run(cli, { args: [name = "", to] }) {
    const { Name } = await call(cli.client, volumeClone, { name, to });
    cli.out.print(`${Name}
`);
    return 0;
  }
});
export {
  volumeCloneCommand,
  volumeCreateCommand,
  volumeExportCommand,
  volumeImportCommand,
  volumeLs,
  volumeRm
};
