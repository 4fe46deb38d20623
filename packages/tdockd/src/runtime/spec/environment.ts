import { TdockError } from "@tdock/errors/error";

export const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment of a container's first process, as Docker orders it: defaults, then the image's and the caller's,
 * the later of two entries of one name winning in the earlier's place.
 */
export function containerEnvironment(options: {
  readonly hostname: string;
  readonly tty: boolean;
  readonly env: readonly string[];
}): string[] {
  const defaults = [defaultPath, `HOSTNAME=${options.hostname}`, ...(options.tty ? ["TERM=xterm"] : [])];
  return mergeEnvironment(defaults, options.env);
}

/**
 * Lays `overrides` over `base`. An entry without `=` takes its variable out, as Docker's.
 * Throws `invalid-argument` for an empty name or a NUL byte.
 */
export function mergeEnvironment(base: readonly string[], overrides: readonly string[]): string[] {
  const result = new Map<string, string>();
  for (const entry of base) result.set(nameOf(entry), entry);
  for (const entry of overrides) {
    checkEntry(entry);
    if (entry.includes("=")) result.set(nameOf(entry), entry);
    else result.delete(entry);
  }
  return [...result.values()];
}

function nameOf(entry: string): string {
  const end = entry.indexOf("=");
  return end < 0 ? entry : entry.slice(0, end);
}

function checkEntry(entry: string): void {
  if (nameOf(entry) === "")
    throw new TdockError("invalid-argument", `invalid environment variable: ${JSON.stringify(entry)}`);
  if (entry.includes("\0"))
    throw new TdockError("invalid-argument", `environment variable ${JSON.stringify(nameOf(entry))}: NUL byte`);
}
