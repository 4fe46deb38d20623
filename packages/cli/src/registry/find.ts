import { TdockError } from "@tdock/errors/error";
import { programName } from "../cli.ts";
import { completionCommands } from "./completion.ts";
import { type Entries, type Entry, own } from "./entry.ts";
import { groups, topCommands } from "./registry.ts";

/** A command that was called. */
export interface FoundCommand {
  /** Its name with its group: `container ls`. */
  readonly path: string;
  readonly entry: Entry;
  /** The words behind its name. */
  readonly words: readonly string[];
}

/**
 * Finds the command that the words start with; undefined when there are none. `help run` is `run --help`.
 * Throws `invalid-argument` for a name that no command has, in Docker's words.
 */
export function findCommand(words: readonly string[]): FoundCommand | undefined {
  const [name, ...rest] = words;
  if (name === undefined) return undefined;
  if (name === "help") return rest.length === 0 ? undefined : findCommand([...rest, "--help"]);
  const entry = own(topCommands, name) ?? own(completionCommands, name);
  if (entry !== undefined) return { path: name, entry, words: rest };
  const group = own(groups, name);
  if (group === undefined) throw unknownCommand(name, `Run '${programName} --help' for more information`);
  return findInGroup(name, group, rest);
}

function findInGroup(
  group: string,
  { summary, commands }: { summary: string; commands: Entries },
  words: readonly string[],
): FoundCommand {
  const [name, ...rest] = words;
  if (name === undefined) return { path: group, entry: groupHelp(group, { summary, asked: false }), words: [] };
  if (name === "--help" || name === "-h") {
    return { path: group, entry: groupHelp(group, { summary, asked: true }), words: [] };
  }
  const entry = own(commands, name);
  if (entry !== undefined) return { path: `${group} ${name}`, entry, words: rest };
  const usage = `Usage:  ${programName} ${group}\n\nRun '${programName} ${group} --help' for more information`;
  throw unknownCommand(`${group} ${name}`, usage);
}

/** A group called by itself prints its commands: to standard error when nobody asked for them. */
function groupHelp(group: string, { summary, asked }: { summary: string; asked: boolean }): Entry {
  return {
    summary,
    load: async () => (await import("./overview.ts")).groupCommand(group, asked),
  };
}

function unknownCommand(path: string, help: string): TdockError {
  return new TdockError("invalid-argument", `${programName}: unknown command: ${programName} ${path}\n\n${help}`);
}
