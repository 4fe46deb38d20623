import { type ImageSummary, imageList } from "@tdock/api/images";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { defineCommand } from "../command.ts";
import { filterFlag, filtersOf } from "../flags/filter.ts";
import { bool, text } from "../flags/flag.ts";
import { imageRows, imageTitles } from "./image-row.ts";
import { imageTree } from "./image-tree.ts";
import { formatUsage, renderListing } from "./listing.ts";

const created = "{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}";
const table = `table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t${created}\t{{.Size}}`;
const digestTable = `table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t${created}\t{{.Size}}`;

export const images = defineCommand({
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  operands: [0, 1],
  flags: {
    all: bool("Show all images (default hides intermediate images)", { short: "a" }),
    digests: bool("Show digests"),
    filter: filterFlag("Filter output based on conditions provided"),
    format: text(formatUsage),
    "no-trunc": bool("Don't truncate output"),
    quiet: bool("Only show image IDs", { short: "q" }),
    tree: bool("List images with their platforms as a tree"),
  },
  async run(cli, { flags, args: [reference] }) {
    if (flags.tree) requireAlone(flags);
    const named = flags.format ?? (flags.quiet ? undefined : cli.config.imagesFormat);
    const format = chooseFormat(named, flags);
    const filters = reference === undefined ? flags.filter : [...flags.filter, ["reference", reference] as const];
    const images = await call(cli.client, imageList, {
      all: flags.all,
      filters: filtersOf(filters),
      manifests: flags.tree || undefined,
      "shared-size": /\.(SharedSize|UniqueSize)\b/.test(format) || undefined,
    });
    if (flags.tree) {
      cli.out.printRaw(imageTree(images as ImageSummary[], cli.out, cli.env));
      return 0;
    }
    const options = {
      trunc: !flags["no-trunc"],
      digests: flags.digests,
      needsDigest: flags.digests || /\.Digest\b/.test(format),
    };
    const rows = (images as ImageSummary[])
      .toSorted((a, b) => b.Created - a.Created)
      .flatMap((image) => imageRows(image, options));
    cli.out.print(renderListing({ format, titles: imageTitles, rows }));
    return 0;
  },
});

/** The tree has one form. */
function requireAlone(flags: Readonly<Record<"quiet" | "no-trunc" | "digests" | "format", unknown>>): void {
  for (const name of ["quiet", "no-trunc", "digests", "format"] as const) {
    if (!flags[name]) continue;
    throw new TdockError("invalid-argument", `--${name} is not supported with --tree`);
  }
}

interface FormatFlags {
  readonly quiet: boolean;
  readonly digests: boolean;
}

function chooseFormat(named: string | undefined, { quiet, digests }: FormatFlags): string {
  if (named === undefined || named === "" || named === "table") {
    return quiet ? "{{.ID}}" : digests ? digestTable : table;
  }
  if (named === "raw") return quiet ? "image_id: {{.ID}}" : rawFormat(digests);
  return named.startsWith("table") && digests && !named.includes("{{.Digest}}") ? `${named}\t{{.Digest}}` : named;
}

function rawFormat(digests: boolean): string {
  return `repository: {{ .Repository }}
tag: {{.Tag}}
${digests ? "digest: {{.Digest}}\n" : ""}image_id: {{.ID}}
created_at: {{.CreatedAt}}
virtual_size: {{.Size}}
`;
}
