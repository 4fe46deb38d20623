import { TdockError } from "@tdock/errors/error";
import { checkDestination } from "./destination.ts";
import { type IdMap, parseIdMap } from "./id-map.ts";
import type { Propagation } from "./mount-point.ts";

/** What one `-v` says: `source:destination[:options]`. */
export interface Bind {
  /** Absolute path of the host, or a volume's name. */
  readonly source: string;
  readonly destination: string;
  readonly mode: string;
  readonly isReadOnly: boolean;
  readonly isNoCopy: boolean;
  /** `undefined` when it was not said. */
  readonly propagation: Propagation | undefined;
  readonly idMap: IdMap | undefined;
}

const propagations = new Set<string>(["rprivate", "private", "rslave", "slave", "rshared", "shared"]);
/** Accepted and without meaning here: SELinux labels where there is no SELinux, and Docker Desktop's hints. */
const ignored = new Set(["z", "Z", "consistent", "cached", "delegated"]);

/** Reads an entry of HostConfig.Binds. Throws `invalid-argument`, in Docker's words. */
export function parseBind(text: string): Bind {
  const parts = text.split(":");
  const [source = "", destination = "", mode = ""] = parts;
  if (parts.length < 2 || parts.length > 3 || source === "" || destination === "") throw invalid(text);
  const options = mode === "" ? [] : mode.split(",");
  for (const option of options) checkOption(option);
  if (options.includes("ro") && options.includes("rw")) throw invalid(text, mode);
  const maps = options.filter(isIdMap).map(parseIdMap);
  const chosen = options.filter((option) => propagations.has(option));
  if (chosen.length > 1 || maps.length > 1) throw invalid(text, mode);
  return {
    source,
    destination: checkDestination(destination, text),
    mode,
    isReadOnly: options.includes("ro"),
    isNoCopy: options.includes("nocopy"),
    propagation: chosen[0] as Propagation | undefined,
    idMap: maps[0],
  };
}

function isIdMap(option: string): boolean {
  return option === "idmap" || option.startsWith("idmap=");
}

function checkOption(option: string): void {
  if (["ro", "rw", "nocopy"].includes(option) || propagations.has(option) || ignored.has(option)) return;
  if (isIdMap(option)) return;
  throw new TdockError("invalid-argument", `invalid mode: ${option}`);
}

function invalid(text: string, mode?: string): TdockError {
  const message = mode === undefined ? `invalid volume specification: '${text}'` : `invalid mode: ${mode}`;
  return new TdockError("invalid-argument", message);
}
