import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { fs } from "./fs.ts";

/** An engine that Docker's command line has written down under a name. */
export interface EngineContext {
  /** `unix:///path`, `tcp://host:port`... */
  readonly host: string;
  /** Where its `ca.pem`, `cert.pem` and `key.pem` are; undefined when it is reached without TLS. */
  readonly tlsFolder: string | undefined;
  /** Whether the engine's certificate must be valid. */
  readonly verify: boolean;
}

interface StoredContext {
  readonly Endpoints?: { readonly docker?: { readonly Host?: unknown; readonly SkipTLSVerify?: unknown } };
}

/**
 * Finds an engine by its name in the store that `docker context create` writes. Follows docker/cli `cli/context/store`.
 * Throws `not-found` without such a context, `invalid-argument` for one that names no engine.
 */
export function readContext(configFolder: string, name: string): EngineContext {
  const id = process.getBuiltinModule("node:crypto").createHash("sha256").update(name).digest("hex");
  const path = join(configFolder, "contexts/meta", id, "meta.json");
  const { Host: host, SkipTLSVerify: skip } = readStored(path, name).Endpoints?.docker ?? {};
  if (typeof host !== "string" || host === "") {
    throw new TdockError("invalid-argument", `context "${name}" names no engine in ${path}`);
  }
  const tlsFolder = join(configFolder, "contexts/tls", id, "docker");
  const isSecured = skip === true || fs().existsSync(tlsFolder);
  return { host, tlsFolder: isSecured ? tlsFolder : undefined, verify: skip !== true };
}

function readStored(path: string, name: string): StoredContext {
  try {
    return (JSON.parse(fs().readFileSync(path, "utf8")) as StoredContext | null) ?? {};
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new TdockError("not-found", `context "${name}" not found: open ${path}: no such file or directory`);
    }
    throw new TdockError("invalid-argument", `context "${name}" cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
