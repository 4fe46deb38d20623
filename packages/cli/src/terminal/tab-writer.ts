import { textWidth } from "./text-width.ts";

export interface TabSettings {
  readonly minimumWidth: number;
  readonly padding: number;
}

const listing: TabSettings = { minimumWidth: 10, padding: 3 };

/**
 * Aligns text whose cells end in tabs, as Go's text/tabwriter: a cell is at least `minimumWidth` wide and `padding`
 * wider than its text, 10 and 3 in Docker's listings; a column is a run of adjacent lines that have a cell there; what follows the last
 * tab of a line is not part of a column.
 */
export function alignTabs(text: string, settings = listing): string {
  const rows = text.split("\n").map((line) => line.split("\t"));
  const widths = rows.map((row) => new Array<number>(row.length - 1).fill(0));
  alignColumn(rows, widths, { ...settings, from: 0, to: rows.length, column: 0 });
  return rows.map((row, index) => renderRow(row, widths[index] as number[])).join("\n");
}

interface Block extends TabSettings {
  readonly from: number;
  readonly to: number;
  readonly column: number;
}

/** Sets the width of one column in every run of lines of the block, then of the columns to its right. */
function alignColumn(rows: readonly string[][], widths: readonly number[][], block: Block): void {
  const { from, to, column, minimumWidth, padding } = block;
  let line = from;
  while (line < to) {
    if (column >= (widths[line] as number[]).length) {
      line++;
      continue;
    }
    const start = line;
    let width = minimumWidth;
    for (; line < to && column < (widths[line] as number[]).length; line++) {
      width = Math.max(width, textWidth((rows[line] as string[])[column] as string) + padding);
    }
    for (let at = start; at < line; at++) (widths[at] as number[])[column] = width;
    alignColumn(rows, widths, { ...block, from: start, to: line, column: column + 1 });
  }
}

function renderRow(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, index) => cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - textWidth(cell)))).join("");
}
