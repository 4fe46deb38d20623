import { buildPrune } from "@tdock/api/build";
import { call } from "../client/call.ts";
import { defineCommand, none } from "../command.ts";
import { filtersOf, longFilterFlag } from "../flags/filter.ts";
import { bool, parsed } from "../flags/flag.ts";
import { parseSize } from "../flags/size.ts";
import { confirm } from "../terminal/confirm.ts";
import { humanSize } from "../terminal/human.ts";

export const builderPrune = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    all: bool("Remove all of the build cache, not just what has not been used for a day", { short: "a" }),
    filter: longFilterFlag('Provide filter values (e.g. "until=24h", "id=<id>", "type=exec.cachemount")'),
    force: bool("Do not prompt for confirmation", { short: "f" }),
    "keep-storage": parsed("Amount of disk space to keep for cache", parseSize, { label: "bytes" }),
    "min-free-space": parsed("Amount of disk space that is to be free", parseSize, { label: "bytes" }),
    "reserved-space": parsed("Amount of disk space always kept for cache", parseSize, { label: "bytes" }),
    "max-used-space": parsed("Maximum amount of disk space allowed to keep for cache", parseSize, { label: "bytes" }),
  },
  async run(cli, { flags }) {
    if (!flags.force && !(await confirm(cli, `${warningOf(flags)}\nAre you sure you want to continue?`))) return 0;
    const input = {
      all: flags.all,
      filters: filtersOf(flags.filter),
      "keep-storage": flags["keep-storage"],
      "min-free-space": flags["min-free-space"],
      "reserved-space": flags["reserved-space"],
      "max-used-space": flags["max-used-space"],
    };
    const { CachesDeleted, SpaceReclaimed } = await call(cli.client, buildPrune, input);
    const deleted = (CachesDeleted ?? []).map((id) => `${id}\n`).join("");
    cli.out.print(`${deleted === "" ? "" : `Deleted build cache objects:\n${deleted}\n`}`);
    cli.out.print(`Total reclaimed space: ${humanSize(SpaceReclaimed ?? 0)}\n`);
    return 0;
  },
});

function warningOf({ all, filter }: { readonly all: boolean; readonly filter: readonly unknown[] }): string {
  const what = filter.length > 0 ? "build cache that the filters name" : all ? "all build cache" : "unused build cache";
  return `WARNING! This will remove ${what}.`;
}
