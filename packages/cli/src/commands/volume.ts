import {
  type Volume,
  volumeClone,
  volumeCreate,
  volumeExport,
  volumeImport,
  volumeList,
  volumeRemove,
} from "@tdock/api/volumes";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import { atLeastOne, defineCommand, exactly, none } from "../command.ts";
import { parseLabel } from "../flags/environment.ts";
import { filterFlag, filtersOf } from "../flags/filter.ts";
import { bool, list, parsedList, text } from "../flags/flag.ts";
import { pairsToMap } from "../flags/pairs.ts";
import { humanSize } from "../terminal/human.ts";
import { openInput } from "../terminal/open-input.ts";
import { checkDestination, saveStream } from "../terminal/save-stream.ts";
import type { Dot } from "../terminal/template/value.ts";
import { eachTarget } from "./each-target.ts";
import { labelsText, labelTitle } from "./labels.ts";
import { chooseFormat, formatUsage, renderListing } from "./listing.ts";

export const volumeCreateCommand = defineCommand({
  usage: "[OPTIONS] [VOLUME]",
  operands: [0, 1],
  flags: {
    driver: text("Specify volume driver name", { short: "d", shownDefault: '"local"' }),
    label: parsedList("Set metadata for a volume", parseLabel),
    name: text("Specify volume name", { hidden: true }),
    opt: list("Set driver specific options", { short: "o", label: "map" }),
  },
  async run(cli, { flags, args: [name] }) {
    if (name !== undefined && flags.name !== undefined) {
      throw new TdockError(
        "invalid-argument",
        "conflicting options: cannot specify a volume-name through both --name and as a positional arg",
      );
    }
    const { Name } = await call(cli.client, volumeCreate, {
      body: {
        Name: name ?? flags.name,
        Driver: flags.driver ?? "local",
        DriverOpts: pairsToMap(flags.opt),
        Labels: pairsToMap(flags.label),
      },
    });
    cli.out.print(`${Name}\n`);
    return 0;
  },
});

const titles: Dot = {
  Driver: "DRIVER",
  Label: labelTitle,
  Labels: "LABELS",
  Links: "LINKS",
  Mountpoint: "MOUNTPOINT",
  Name: "VOLUME NAME",
  Scope: "SCOPE",
  Size: "SIZE",
};

export const volumeLs = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    filter: filterFlag('Provide filter values (e.g. "dangling=true")'),
    format: text(formatUsage),
    quiet: bool("Only display volume names", { short: "q" }),
    size: bool("Display sizes, which takes a walk through every volume", { short: "s" }),
  },
  async run(cli, { flags }) {
    const named = flags.format ?? (flags.quiet ? undefined : cli.config.volumesFormat);
    const format = chooseFormat(named, {
      table: flags.quiet ? "{{.Name}}" : `table {{.Driver}}\t{{.Name}}${flags.size ? "\t{{.Size}}" : ""}`,
      raw: flags.quiet ? "name: {{.Name}}" : "name: {{.Name}}\ndriver: {{.Driver}}\n",
    });
    const size = flags.size || /\.(Size|Links)\b/.test(format) || undefined;
    const { Volumes } = await call(cli.client, volumeList, { filters: filtersOf(flags.filter), size });
    const rows = (Volumes ?? []).toSorted((a, b) => a.Name.localeCompare(b.Name, "en")).map(volumeRow);
    cli.out.print(renderListing({ format, titles, rows }));
    return 0;
  },
});

function volumeRow(volume: Volume): Dot {
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
    Status: "N/A",
  };
}

export const volumeRm = defineCommand({
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  operands: atLeastOne,
  flags: { force: bool("Force the removal of one or more volumes", { short: "f" }) },
  run: (cli, { flags, args }) =>
    eachTarget(cli, args, async (name) => {
      await call(cli.client, volumeRemove, { name, force: flags.force });
      return name;
    }),
});

export const volumeExportCommand = defineCommand({
  usage: "[OPTIONS] VOLUME",
  operands: exactly(1),
  flags: { output: text("Write to a file, instead of STDOUT", { short: "o" }) },
  async run(cli, { flags, args: [name = ""] }) {
    await checkDestination(flags.output);
    await saveStream(await openStream(cli.client, volumeExport, { name }), flags.output);
    return 0;
  },
});

export const volumeImportCommand = defineCommand({
  usage: "VOLUME [FILE|-]",
  operands: [1, 2],
  flags: {},
  async run(cli, { args: [name = "", path = "-"] }) {
    await call(cli.client, volumeImport, { name, body: await openInput(path) });
    return 0;
  },
});

export const volumeCloneCommand = defineCommand({
  usage: "VOLUME NEW_VOLUME",
  operands: exactly(2),
  flags: {},
  async run(cli, { args: [name = "", to] }) {
    const { Name } = await call(cli.client, volumeClone, { name, to });
    cli.out.print(`${Name}\n`);
    return 0;
  },
});
