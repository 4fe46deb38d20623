import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  globalFlagTable,
  groups,
  own,
  readGlobalFlags,
  topCommands
} from "./chunks/chunk-GQGDF7HS.js";
import {
  parseArguments
} from "./chunks/chunk-PH74HDKL.js";
import {
  createCli,
  programName
} from "./chunks/chunk-2575ZVPG.js";
import {
  createPrinter
} from "./chunks/chunk-G5U4NNID.js";
import "./chunks/chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunks/chunk-Z77EZBYY.js";
import "./chunks/chunk-5M7ITGPS.js";

// packages/cli/src/caller-environment.ts
function callerEnvironment(env) {
  const { TDOCK_NODE_OPTIONS: options, NODE_COMPILE_CACHE: _, ...rest } = env;
  return options === void 0 || options === "" ? rest : { ...rest, NODE_OPTIONS: options };
}

// packages/cli/src/registry/find.ts
function findCommand(words) {
  const [name, ...rest] = words;
  if (name === void 0) return void 0;
  const entry = own(topCommands, name);
  if (entry !== void 0) return { path: name, entry, words: rest };
  const group = own(groups, name);
  if (group === void 0) throw unknownCommand(name, `Run '${programName} --help' for more information`);
  return findInGroup(name, group, rest);
}
function findInGroup(group, { summary, commands }, words) {
  const [name, ...rest] = words;
  if (name === void 0) return { path: group, entry: groupHelp(group, { summary, asked: false }), words: [] };
  if (name === "--help" || name === "-h") {
    return { path: group, entry: groupHelp(group, { summary, asked: true }), words: [] };
  }
  const entry = own(commands, name);
  if (entry !== void 0) return { path: `${group} ${name}`, entry, words: rest };
  const usage = `Usage:  ${programName} ${group}

Run '${programName} ${group} --help' for more information`;
  throw unknownCommand(`${group} ${name}`, usage);
}
function groupHelp(group, { summary, asked }) {
  return {
    summary,
    load: async () => (await import("./chunks/overview-FGRYYM3Z.js")).groupCommand(group, asked)
  };
}
function unknownCommand(path, help) {
  return new TdockError("invalid-argument", `${programName}: unknown command: ${programName} ${path}

${help}`);
}

// packages/cli/src/run-command.ts
async function runCommand(cli, { path, entry, words }) {
  const command = await entry.load();
  try {
    const { flags, given, operands, help } = parseArguments(command.flags, words, {
      stopAtOperand: command.stopAtOperand ?? false
    });
    if (help) return await printHelp(cli, { path, summary: entry.summary, command });
    checkOperands(path, command, operands);
    return await command.run(cli, { flags, given, args: operands }) ?? 0;
  } catch (thrown) {
    return fail(cli, { path, command, error: TdockError.from(thrown) });
  }
}
async function printHelp(cli, { path, summary, command }) {
  const { commandHelp } = await import("./chunks/help-INQHBNGZ.js");
  cli.out.print(commandHelp(path, summary, command));
  return 0;
}
function checkOperands(path, { operands: [least, most] }, operands) {
  if (operands.length >= least && operands.length <= most) return;
  const wanted = most === 0 ? "accepts no arguments" : `requires ${boundsText(least, most)}`;
  throw new TdockError("invalid-argument", `${programName}: '${programName} ${path}' ${wanted}`, {
    reason: "operands"
  });
}
function boundsText(least, most) {
  if (least === most) return countText(least);
  if (most === Number.POSITIVE_INFINITY) return `at least ${countText(least)}`;
  return least === 0 ? `at most ${countText(most)}` : `at least ${least} and at most ${countText(most)}`;
}
function countText(count) {
  return `${count} argument${count === 1 ? "" : "s"}`;
}
function fail(cli, { path, command, error }) {
  if (error.reason !== "usage" && error.reason !== "operands") {
    if (error.message !== "") cli.err.print(`${error.message}
`);
    return 1;
  }
  const usage = `Usage:  ${programName} ${path}${command.usage === "" ? "" : ` ${command.usage}`}`;
  cli.err.print(`${error.message}

${usage}

Run '${programName} ${path} --help' for more information
`);
  return error.reason === "usage" ? 125 : 1;
}

// packages/cli/src/main.ts
async function main(words, env) {
  const { flags, operands, help } = parseArguments(globalFlagTable, words, { stopAtOperand: true });
  const cli = createCli(readGlobalFlags(flags, env), env);
  const command = flags.version ? findCommand(["--version"]) : help ? void 0 : findCommand(operands);
  if (command === void 0) return printOverview(help ? cli.out : cli.err);
  return runCommand(cli, command);
}
async function printOverview(printer) {
  const { overview } = await import("./chunks/overview-FGRYYM3Z.js");
  printer.print(overview());
  return 0;
}
function fail2(thrown) {
  const error = TdockError.from(thrown);
  const isUsage = error.reason === "usage";
  createPrinter("stderr").print(isUsage ? `${error.message}

${globalUsage}` : `${error.message}
`);
  return isUsage ? 125 : 1;
}
var globalUsage = `Usage:  ${programName} [OPTIONS] COMMAND [ARG...]

Run '${programName} --help' for more information
`;
for (const stream of ["stdout", "stderr"]) onBrokenPipe(stream);
function onBrokenPipe(name) {
  process[name].on("error", (error) => process.exit(error.code === "EPIPE" ? 141 : 1));
}
main(process.argv.slice(2), callerEnvironment(process.env)).catch(fail2).then((code) => process.exit(code));
