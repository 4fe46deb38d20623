import { type FreedKind, type FreeReport, systemFree } from "@tdock/api/free";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";
import { parseAge } from "../flags/age.ts";
import { bool, parsed } from "../flags/flag.ts";
import { parseSize } from "../flags/size.ts";
import { humanAgo, humanSize } from "../terminal/human.ts";
import { shortId } from "../terminal/short-id.ts";
import { renderListing } from "./listing.ts";

const kinds: Readonly<Record<FreedKind, string>> = {
  download: "download",
  "build-cache": "build cache",
  "dangling-image": "dangling image",
  image: "image",
};

/** `free SIZE`: removes what costs least to have again until so much is free. Exit code 1 when there is not so much. */
export const free = defineCommand({
  usage: "[OPTIONS] SIZE",
  operands: exactly(1),
  flags: {
    "dry-run": bool("Only show what would be removed"),
    "keep-used-in": parsed("Keep what was used in this time (e.g. 7d, 12h)", parseAge, { label: "duration" }),
  },
  async run(cli, { flags, args: [size = ""] }) {
    const bytes = parseSize(size);
    if (bytes === 0) throw new TdockError("invalid-argument", `invalid size: '${size}': wanted more than nothing`);
    const keepusedin = flags["keep-used-in"];
    const report = await call(cli.client, systemFree, {
      bytes,
      dryrun: flags["dry-run"],
      keepusedin: keepusedin === undefined ? undefined : Math.ceil(keepusedin),
    });
    if (report.Removed.length > 0) cli.out.print(`${tableOf(report)}\n\n`);
    const verb = flags["dry-run"] ? "Would free" : "Freed";
    cli.out.print(`${verb} ${humanSize(report.FreedBytes)} of the ${humanSize(bytes)} wanted\n`);
    if (report.FreedBytes >= bytes) return 0;
    cli.err.print(`${sparedText(report)}\n`);
    return 1;
  },
});

function tableOf({ Removed }: FreeReport): string {
  const rows = Removed.map(({ Kind, Id, Name, LastUsedAt, Bytes }) => ({
    ...{ Kind: kinds[Kind], ID: shortId(Id), Name, LastUsed: humanAgo(Date.parse(LastUsedAt) / 1000) },
    Size: humanSize(Bytes),
  }));
  const titles = { Kind: "REMOVED", ID: "ID", LastUsed: "LAST USED", Size: "FREES", Name: "NAME" };
  return renderListing({
    format: "table {{.Kind}}\t{{.ID}}\t{{.LastUsed}}\t{{.Size}}\t{{.Name}}",
    titles,
    rows,
  }).trimEnd();
}

function sparedText({ Spared: { InUse, Pinned, Recent } }: FreeReport): string {
  const counts = [
    ...(InUse > 0 ? [`${InUse} in use`] : []),
    ...(Pinned > 0 ? [`${Pinned} pinned`] : []),
    ...(Recent > 0 ? [`${Recent} used in the time to keep`] : []),
  ];
  const left = counts.length === 0 ? "none is left" : `left are ${counts.join(", ")}`;
  return `no more images and build cache can be removed: ${left}; volumes are never removed`;
}
