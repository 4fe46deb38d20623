import { type Entries, entry, hidden } from "./entry.ts";

/** Commands that look at all the others: apart from them, so that neither needs the other to be loaded. */
export const completionCommands: Entries = {
  completion: entry(
    "Print the completion script for a shell",
    async () => (await import("../commands/completion.ts")).completion,
  ),
  __complete: hidden(entry("Print what may come next", async () => (await import("../commands/complete.ts")).complete)),
};
