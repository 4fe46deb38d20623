import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  commandLines,
  flagLines
} from "./chunk-LRT6GVPJ.js";
import {
  globalFlagTable,
  groups,
  topCommands
} from "./chunk-UYMGSK3O.js";
import {
  programName
} from "./chunk-EGQGQT3A.js";
import "./chunk-G5U4NNID.js";
import {
  any,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/registry/overview.ts
var common = ["run", "exec", "ps", "build", "pull", "push", "images", "login", "logout", "search", "version", "info"];
function overview() {
  const entries = Object.entries(topCommands);
  const first = Object.fromEntries(entries.filter(([name]) => common.includes(name)));
  const rest = Object.fromEntries(entries.filter(([name]) => !common.includes(name)));
  return `Usage:  ${programName} [OPTIONS] COMMAND

A container engine that speaks Docker's language

Common Commands:
${commandLines(first)}
Management Commands:
${commandLines(Object.fromEntries(Object.entries(groups).map(([name, { summary }]) => [name, { summary }])))}
Commands:
${commandLines(rest)}
Global Options:
${flagLines(globalFlagTable)}
Run '${programName} COMMAND --help' for more information on a command.
`;
}
function groupCommand(name, asked) {
  const { summary, commands } = groups[name];
  return defineCommand({
    usage: "COMMAND",
    operands: any,
    flags: {},
    async run(cli) {
      (asked ? cli.out : cli.err).print(`Usage:  ${programName} ${name} COMMAND

${summary}

Commands:
${commandLines(commands)}
Run '${programName} ${name} COMMAND --help' for more information on a command.
`);
      return 0;
    }
  });
}
export {
  groupCommand,
  overview
};
