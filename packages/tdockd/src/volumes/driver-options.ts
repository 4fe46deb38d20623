import { TdockError } from "@tdock/errors/error";

const known = new Set(["type", "device", "o", "size"]);

/**
 * Options of the local driver, which are given to mount(8). Whoever may use the engine's socket is root on this host
 * anyway; the check keeps mistakes away, not root. Throws `invalid-argument`.
 */
export function checkDriverOptions(options: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!known.has(name)) throw invalid(`invalid option: ${JSON.stringify(name)}`);
    if (/[\0\n]/.test(value) || value.startsWith("-")) throw invalid(`invalid value for option ${name}`);
  }
  if (options.size !== undefined) throw invalid("quota size requested but no quota support");
  if (Object.keys(options).length === 0) return;
  if (!options.device) throw invalid('missing required option: "device"');
  if (!options.type && !options.o) throw invalid('missing required option: "type"');
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
