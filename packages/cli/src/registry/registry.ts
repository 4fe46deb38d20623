import { containerCommands } from "./containers.ts";
import type { Entries } from "./entry.ts";

/** Commands that stand at the top, and groups of commands. */
export const topCommands: Entries = { ...containerCommands };

export interface Group {
  readonly summary: string;
  readonly commands: Entries;
}

export const groups: Readonly<Record<string, Group>> = {
  container: { summary: "Manage containers", commands: containerCommands },
};
