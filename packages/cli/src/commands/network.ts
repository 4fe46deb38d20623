import { networkInspect, networkList, networkRemove } from "@tdock/api/networks";
import { isError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand, none } from "../command.ts";
import { filterFlag, filtersOf } from "../flags/filter.ts";
import { bool, text } from "../flags/flag.ts";
import { eachTarget } from "./each-target.ts";
import { inspectFormatUsage, printInspected } from "./inspect-output.ts";
import { chooseFormat, formatUsage, renderListing } from "./listing.ts";
import { networkRow, networkTitles } from "./network-row.ts";

export const networkLs = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    filter: filterFlag('Provide filter values (e.g. "driver=bridge")'),
    format: text(formatUsage),
    "no-trunc": bool("Do not truncate the output"),
    quiet: bool("Only display network IDs", { short: "q" }),
  },
  async run(cli, { flags }) {
    const named = flags.format ?? (flags.quiet ? undefined : cli.config.networksFormat);
    const networks = await call(cli.client, networkList, { filters: filtersOf(flags.filter) });
    const rows = networks
      .toSorted((a, b) => (a.Name ?? "").localeCompare(b.Name ?? "", "en"))
      .map((network) => networkRow(network, { trunc: !flags["no-trunc"] }));
    const format = chooseFormat(named, flags.quiet ? quietFormats : formats);
    cli.out.print(renderListing({ format, titles: networkTitles, rows }));
    return 0;
  },
});

const formats = {
  table: "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
  raw: "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n",
};
const quietFormats = { table: "{{.ID}}", raw: "network_id: {{.ID}}" };

export const networkInspectCommand = defineCommand({
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    verbose: bool("Verbose output for diagnostics", { short: "v" }),
  },
  run: (cli, { flags, args }) =>
    printInspected(cli, {
      names: args,
      format: flags.format,
      find: (id) => call(cli.client, networkInspect, { id, verbose: flags.verbose || undefined }),
    }),
});

export const networkRm = defineCommand({
  usage: "NETWORK [NETWORK...]",
  operands: atLeastOne,
  flags: { force: bool("Do not error if the network does not exist", { short: "f" }) },
  run: (cli, { flags, args }) =>
    eachTarget(cli, args, async (id) => {
      try {
        await call(cli.client, networkRemove, { id });
        return id;
      } catch (thrown) {
        if (flags.force && isError(thrown, "not-found")) return undefined;
        throw thrown;
      }
    }),
});
