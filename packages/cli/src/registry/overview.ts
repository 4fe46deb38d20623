import { programName } from "../cli.ts";
import { any, type Command, defineCommand } from "../command.ts";
import { globalFlagTable } from "../global-flags.ts";
import { commandLines, flagLines } from "../help.ts";
import { completionCommands } from "./completion.ts";
import { groups, topCommands } from "./registry.ts";

const common = ["run", "exec", "ps", "build", "pull", "push", "images", "login", "logout", "search", "version", "info"];

/** What `tdock` alone or `tdock --help` prints. */
export function overview(): string {
  const entries = Object.entries({ ...topCommands, ...completionCommands });
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

/** A group of commands, called without one. */
export function groupCommand(name: string, asked: boolean): Command {
  const { summary, commands } = groups[name] as (typeof groups)[string];
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
    },
  });
}
