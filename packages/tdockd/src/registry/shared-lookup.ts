import { type LookupAddress, type LookupAllOptions, lookup } from "node:dns";

type Callback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

const asked = new Map<string, Callback[]>();

/**
 * Finds a name's addresses; whoever asks while the answer is still out waits for the same one. Node asks the system for
 * two names at a time: one that no server answers for would take both as soon as it is tried twice, for half a minute.
 */
export function sharedLookup(hostname: string, options: Omit<LookupAllOptions, "all">, callback: Callback): void {
  const { family = 0, hints = 0 } = options;
  const key = `${hostname} ${family} ${hints}`;
  const waiting = asked.get(key);
  if (waiting !== undefined) return void waiting.push(callback);
  const callbacks = [callback];
  asked.set(key, callbacks);
  lookup(hostname, { family, hints, all: true }, (error, addresses) => {
    asked.delete(key);
    for (const one of callbacks) one(error, addresses);
  });
}
