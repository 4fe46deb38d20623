import { type Cli, createCli } from "../cli.ts";
import { any, type Command, defineCommand } from "../command.ts";
import type { FlagTable } from "../flags/flag.ts";
import { parseArguments } from "../flags/parse-arguments.ts";
import { globalFlagTable, readGlobalFlags } from "../global-flags.ts";
import type { Entries } from "../registry/entry.ts";
import { own } from "../registry/entry.ts";
import { groups, topCommands } from "../registry/registry.ts";
import { namesFor, valuesOf } from "./complete-names.ts";

/** Called by the scripts with the words so far, the last of which is being typed: prints what it may become. */
export const complete = defineCommand({
  usage: "",
  operands: any,
  stopAtOperand: true,
  flags: {},
  async run(cli, { args }) {
    const { flags, operands } = parseArguments(globalFlagTable, args, { stopAtOperand: true });
    const asked = createCli(readGlobalFlags(flags, cli.env), cli.env);
    // An engine that does not answer has no names.
    const found = await candidates(asked, operands).catch(() => []);
    const typed = args.at(-1) ?? "";
    cli.out.print(
      found
        .filter((one) => one.startsWith(typed))
        .map((one) => `${one}\n`)
        .join(""),
    );
    return 0;
  },
});

async function candidates(cli: Cli, words: readonly string[]): Promise<readonly string[]> {
  const [first = "", second = "", ...others] = words;
  if (words.length <= 1) return [...visible(topCommands), ...Object.keys(groups)];
  const group = own(groups, first);
  const top = own(topCommands, first);
  if (top === undefined && group !== undefined && words.length === 2) return visible(group.commands);
  const entry = top ?? (group && own(group.commands, second));
  if (entry === undefined) return [];
  const command = await entry.load();
  return behindCommand(cli, command, { words: top ? [second, ...others] : others, group: top ? undefined : first });
}

interface Typed {
  /** What stands behind the command; the last is being typed. */
  readonly words: readonly string[];
  readonly group: string | undefined;
}

async function behindCommand(cli: Cli, command: Command, { words, group }: Typed): Promise<readonly string[]> {
  const { flag, operands } = placeAt(command.flags, words.slice(0, -1));
  if (flag !== undefined) return valuesOf(cli, flag);
  if (command.stopAtOperand && operands.length > 0) return [];
  if (words.at(-1)?.startsWith("-")) return flagNames(command.flags);
  const names = await namesFor(cli, command.usage, group);
  return names.filter((name) => !operands.includes(name));
}

interface Place {
  /** The flag whose value comes next. */
  readonly flag: string | undefined;
  readonly operands: readonly string[];
}

function placeAt(flags: FlagTable, words: readonly string[]): Place {
  const operands: string[] = [];
  let flag: string | undefined;
  for (const word of words) {
    if (flag !== undefined) flag = undefined;
    else if (word.startsWith("-") && word.length > 1) flag = flagAwaiting(flags, word);
    else operands.push(word);
  }
  return { flag, operands };
}

/** The name of the flag that a word leaves without its value. */
function flagAwaiting(flags: FlagTable, word: string): string | undefined {
  const name = word.startsWith("--")
    ? word.slice(2)
    : Object.keys(flags).find((one) => flags[one]?.short === word.at(-1));
  const flag = name === undefined ? undefined : own(flags, name);
  return flag !== undefined && flag.bare === undefined ? name : undefined;
}

function flagNames(flags: FlagTable): string[] {
  return Object.entries(flags).flatMap(([name, { hidden }]) => (hidden ? [] : [`--${name}`]));
}

function visible(entries: Entries): string[] {
  return Object.entries(entries).flatMap(([name, { hidden }]) => (hidden ? [] : [name]));
}
