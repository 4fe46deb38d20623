// Reads events as JSON lines and prints one line for each, with the time since the first.
import { createInterface } from "node:readline";

interface Event {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

let first: number | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const { Type, Action, Actor, timeNano } = JSON.parse(line) as Event;
  first ??= timeNano;
  const sinceMs = Math.round((timeNano - first) / 1e6);
  const exitCode = Actor.Attributes?.exitCode;
  const detail = exitCode === undefined ? "" : ` (exit code ${exitCode})`;
  const name = /^[0-9a-f]{64}$/.test(Actor.ID) ? Actor.ID.slice(0, 12) : Actor.ID;
  process.stdout.write(`${String(sinceMs).padStart(6)} ms  ${Type} ${Action} ${name}${detail}\n`);
}
