import { imageSearch } from "@tdock/api/images";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";
import { registryAuthFor } from "../credentials.ts";
import { filterFlag, filtersOf } from "../flags/filter.ts";
import { bool, int, text } from "../flags/flag.ts";
import { ellipsis } from "../terminal/text-width.ts";
import { renderListing } from "./listing.ts";

const table = "table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";
const titles = {
  Description: "DESCRIPTION",
  IsAutomated: "AUTOMATED",
  IsOfficial: "OFFICIAL",
  Name: "NAME",
  StarCount: "STARS",
};

export const search = defineCommand({
  usage: "[OPTIONS] TERM",
  operands: exactly(1),
  flags: {
    filter: filterFlag("Filter output based on conditions provided"),
    format: text("Pretty-print search using a Go template"),
    limit: int("Max number of search results"),
    "no-trunc": bool("Don't truncate output"),
  },
  async run(cli, { flags, args: [term = ""] }) {
    const found = await call(cli.client, imageSearch, {
      term,
      limit: flags.limit,
      filters: filtersOf(flags.filter),
      registryAuth: await registryAuthFor(cli, term),
    });
    const rows = found.map(({ name, description, star_count, is_official, is_automated }) => {
      const text = (description ?? "").replace(/\s+/g, " ");
      return {
        Description: flags["no-trunc"] ? text : ellipsis(text, 45),
        IsAutomated: is_automated ? "[OK]" : "",
        IsOfficial: is_official ? "[OK]" : "",
        Name: name ?? "",
        StarCount: String(star_count ?? 0),
      };
    });
    const format = !flags.format || flags.format === "table" ? table : flags.format;
    cli.out.print(renderListing({ format, titles, rows }));
    return 0;
  },
});
