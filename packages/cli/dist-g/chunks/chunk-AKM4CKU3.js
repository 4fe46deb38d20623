import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/terminal/text-width.ts
var wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
function textWidth(text) {
  if (/^[\x00-\x7f]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : 1;
  return width;
}
function ellipsis(text, columns) {
  if (textWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const character of text) {
    width += wide.test(character) ? 2 : 1;
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept}\u2026`;
}

// packages/cli/src/terminal/tab-writer.ts
var listing = { minimumWidth: 10, padding: 3 };
function alignTabs(text, settings = listing) {
  const rows = text.split("\n").map((line) => line.split("	"));
  const widths = rows.map((row) => new Array(row.length - 1).fill(0));
  alignColumn(rows, widths, { ...settings, from: 0, to: rows.length, column: 0 });
  return rows.map((row, index) => renderRow(row, widths[index])).join("\n");
}
function alignColumn(rows, widths, block) {
  const { from, to, column, minimumWidth, padding } = block;
  let line = from;
  while (line < to) {
    if (column >= widths[line].length) {
      line++;
      continue;
    }
    const start = line;
    let width = minimumWidth;
    for (; line < to && column < widths[line].length; line++) {
      width = Math.max(width, textWidth(rows[line][column]) + padding);
    }
    for (let at = start; at < line; at++) widths[at][column] = width;
    alignColumn(rows, widths, { ...block, from: start, to: line, column: column + 1 });
  }
}
function renderRow(row, widths) {
  return row.map((cell, index) => cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - textWidth(cell)))).join("");
}

export {
  ellipsis,
  alignTabs
};
