import type { Command } from "../command.ts";

/** A command that is loaded when it is called. */
export interface Entry {
  readonly summary: string;
  /** Left out of the help: other names of a command. */
  readonly hidden?: true;
  load(): Promise<Command>;
}

export type Entries = Readonly<Record<string, Entry>>;

/** Declares a command by what loads it. */
export function entry(summary: string, load: () => Promise<Command>): Entry {
  return { summary, load };
}

/** The same command under a name that the help does not show. */
export function hidden(one: Entry): Entry {
  return { ...one, hidden: true };
}

/** A member of a table by a name that comes from outside. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
