import type { ImageManifestSummary, ImageSummary } from "@tdock/api/images";
import type { Cli } from "../cli.ts";
import { humanSize } from "../terminal/human.ts";
import { escapeControls, type Printer } from "../terminal/printer.ts";
import { shortId } from "../terminal/short-id.ts";
import { textWidth } from "../terminal/text-width.ts";

/** A line of the tree: a name or a platform, and what stands beside it. */
interface Row {
  readonly label: string;
  /** Terminal codes of the label. */
  readonly style: string;
  /** Terminal codes of the whole line. */
  readonly lineStyle: string;
  /** ID, disk usage, content size, mark of use; none beside all names of an image but the last. */
  readonly cells: readonly string[];
}

const bold = "\x1b[1m";
const boldBlue = "\x1b[1;34m";
const faint = "\x1b[2m";
const reset = "\x1b[0m";

const columns = [
  { title: "ID", width: 12, isRight: false },
  { title: "DISK USAGE", width: 10, isRight: true },
  { title: "CONTENT SIZE", width: 12, isRight: true },
  { title: "EXTRA", width: 5, isRight: false },
] as const;
const gap = "   ";
const narrowest = 12;
const untagged = "<untagged>";

/**
 * Images with their names and, below each, its platforms; what is not here is faint on a terminal, and what a container
 * uses is marked with U. Columns that a narrow terminal has no room for are left out. The layout is docker/cli's
 * (`cli/command/image/tree.go`).
 */
export function imageTree(
  images: readonly ImageSummary[],
  { isTerminal, columns: available }: Pick<Printer, "isTerminal" | "columns">,
  { NO_COLOR }: Cli["env"] = {},
): string {
  const groups = images.toSorted(byName).map((image) => [...nameRows(image), ...platformRows(image)]);
  const shown = columns.slice(0, columnsFor(available));
  const room = available === undefined ? Number.POSITIVE_INFINITY : available - widthOf(shown);
  const labels = groups.flat().map(({ label }) => textWidth(label));
  const width = Math.min(Math.max("IMAGE".length, ...labels), room);
  const line = (row: Row) => renderRow(row, { width, shown, isTerminal, isPlain: Boolean(NO_COLOR) });
  const titles = { label: "IMAGE", style: bold, lineStyle: bold, cells: columns.map(({ title }) => title) };
  return legend(isTerminal, available) + line(titles) + groups.map((rows) => rows.map(line).join("")).join("\n");
}

/** What has no name stands last. */
function byName({ RepoTags: one }: ImageSummary, { RepoTags: other }: ImageSummary): number {
  const [a = "\uffff"] = one.toSorted();
  const [b = "\uffff"] = other.toSorted();
  return a < b ? -1 : a > b ? 1 : 0;
}

function nameRows({ Id, Size, RepoTags, Manifests = [] }: ImageSummary): Row[] {
  const content = Manifests.reduce((sum, one) => sum + one.Size.Content, 0);
  const cells = [shortId(Id), humanSize(Size, 3), humanSize(content, 3), Manifests.some(isUsed) ? "U" : ""];
  const names = RepoTags.length === 0 ? [untagged] : RepoTags.toSorted();
  return names.map((label, index) => ({
    label,
    style: label === untagged ? faint : boldBlue,
    lineStyle: "",
    cells: index === names.length - 1 ? cells : [],
  }));
}

function platformRows({ Manifests = [] }: ImageSummary): Row[] {
  const platforms = Manifests.filter(({ Kind }) => Kind === "image");
  return platforms.map((one, index) => ({
    label: `${index === platforms.length - 1 ? "└─" : "├─"} ${platformOf(one)}`,
    style: "",
    lineStyle: one.Available ? "" : faint,
    cells: [shortId(one.ID), humanSize(one.Size.Total, 3), humanSize(one.Size.Content, 3), isUsed(one) ? "U" : ""],
  }));
}

function isUsed({ ImageData }: ImageManifestSummary): boolean {
  return (ImageData?.Containers.length ?? 0) > 0;
}

function platformOf({ ImageData }: ImageManifestSummary): string {
  const { os, architecture, variant } = ImageData?.Platform ?? {};
  return [os, architecture, variant].filter((part) => part !== undefined && part !== "").join("/");
}

/** How many columns leave the names at least their narrowest. */
function columnsFor(available: number | undefined): number {
  if (available === undefined) return columns.length;
  let count = columns.length;
  while (count > 0 && available - widthOf(columns.slice(0, count)) < narrowest) count -= 1;
  return count;
}

function widthOf(shown: readonly { readonly width: number }[]): number {
  return shown.reduce((sum, { width }) => sum + gap.length + width, 0);
}

interface Layout {
  readonly width: number;
  readonly shown: readonly (typeof columns)[number][];
  readonly isTerminal: boolean;
  /** Whether a terminal gets no styles either. */
  readonly isPlain: boolean;
}

/** A label that is too long for its column has a line of its own. */
function renderRow({ label, style, lineStyle, cells }: Row, { width, shown, isTerminal, isPlain }: Layout): string {
  const paint = (codes: string, text: string) => {
    const safe = isTerminal ? escapeControls(text) : text;
    return isTerminal && !isPlain && codes !== "" && text !== "" ? `${codes}${safe}${reset}` : safe;
  };
  const first = paint(style || lineStyle, label);
  if (cells.length === 0) return `${first}\n`;
  const fill = width - textWidth(label);
  const start = fill < 0 ? `${first}\n${" ".repeat(width)}` : `${first}${" ".repeat(fill)}`;
  const rest = shown.map((column, index) => {
    const text = cells[index] ?? "";
    const blank = " ".repeat(Math.max(0, column.width - text.length));
    return `${gap}${column.isRight ? `${blank}${text}` : `${text}${blank}`}`;
  });
  return `${start}${paint(lineStyle, rest.join("").trimEnd())}\n`;
}

function legend(isTerminal: boolean, available: number | undefined): string {
  const text = "i Info →   U  In Use";
  return isTerminal && available !== undefined ? `${text.padStart(available)}\n` : "";
}
