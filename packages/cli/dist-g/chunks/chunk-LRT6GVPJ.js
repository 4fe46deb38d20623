import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  programName
} from "./chunk-EGQGQT3A.js";

// packages/cli/src/help.ts
function usageLine(path, { usage }) {
  return `${programName} ${path}${usage === "" ? "" : ` ${usage}`}`;
}
function commandHelp(path, summary, command) {
  const options = flagLines(command.flags);
  return `Usage:  ${usageLine(path, command)}

${summary}
${options === "" ? "" : `
Options:
${options}`}`;
}
function commandLines(commands) {
  const listed = Object.entries(commands).filter(([, { hidden }]) => !hidden);
  const shown = listed.toSorted(([a], [b]) => a < b ? -1 : 1);
  const width = Math.max(...shown.map(([name]) => name.length), 10);
  return shown.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}
`).join("");
}
function flagLines(flags) {
  const shown = Object.entries(flags).filter(([, { hidden }]) => !hidden);
  const rows = shown.toSorted(([a], [b]) => a < b ? -1 : 1).map(([name, flag]) => [flagHead(name, flag), flagTail(flag)]);
  const width = Math.max(0, ...rows.map(([head]) => head.length));
  return rows.map(([head, tail]) => `${head.padEnd(width)}   ${tail.replaceAll("\n", `
${" ".repeat(width + 3)}`)}
`).join("");
}
function flagHead(name, { short, label }) {
  return `  ${short === void 0 ? "    " : `-${short}, `}--${name}${label === void 0 ? "" : ` ${label}`}`;
}
function flagTail({ usage, shownDefault }) {
  return shownDefault === void 0 ? usage : `${usage} (default ${shownDefault})`;
}

export {
  usageLine,
  commandHelp,
  commandLines,
  flagLines
};
