import { homedir } from "node:os";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { ClientTls } from "./client/client.ts";
import { defaultHost, type EngineHost, parseHost } from "./client/host.ts";
import { type EngineContext, readContext } from "./context-store.ts";
import { bool, type FlagValues, text } from "./flags/flag.ts";
import { fs } from "./fs.ts";

/** Flags that stand before the command. */
export const globalFlagTable = {
  config: text("Location of client config files", { shownDefault: '"~/.docker"' }),
  context: text("Name of the context to use (overrides DOCKER_HOST)", { short: "c" }),
  debug: bool("Enable debug mode", { short: "D" }),
  host: text("Daemon socket to connect to", { short: "H" }),
  "log-level": text('Set the logging level ("debug", "info", "warn", "error", "fatal")', { short: "l" }),
  tls: bool("Use TLS; implied by --tlsverify"),
  tlscacert: text("Trust certs signed only by this CA"),
  tlscert: text("Path to TLS certificate file"),
  tlskey: text("Path to TLS key file"),
  tlsverify: bool("Use TLS and verify the remote"),
  version: bool("Print version information and quit", { short: "v" }),
};

type Env = Readonly<Record<string, string | undefined>>;
type Values = FlagValues<typeof globalFlagTable>;

/** What the flags before the command and the environment say. */
export interface GlobalFlags {
  readonly configFolder: string;
  readonly apiVersion: string | undefined;
  /** Throws `invalid-argument` for an address or a context that does not exist. */
  host(): EngineHost;
  /** Reads the files. Throws `not-found` or `forbidden`. */
  tls(): ClientTls | undefined;
}

export function readGlobalFlags(values: Values, env: Env): GlobalFlags {
  const configFolder = values.config ?? (env.DOCKER_CONFIG || join(homedir(), ".docker"));
  const named = values.host || env.TDOCK_HOST || env.DOCKER_HOST;
  const context = () => contextOf(configFolder, nameOfContext(values, named, env));
  return {
    configFolder,
    apiVersion: env.DOCKER_API_VERSION?.replace(/^v/, "") || undefined,
    host: () => parseHost(context()?.host ?? (named || defaultHost)),
    tls: () => readTls(values, env, { configFolder, context: context() }),
  };
}

/** As Docker: what the flags name comes before the environment, and an address there before a context. */
function nameOfContext({ host, context }: Values, named: string | undefined, env: Env): string | undefined {
  if (host && context) {
    throw new TdockError("invalid-argument", "conflicting options: cannot specify both --host and --context");
  }
  return context ?? (named ? undefined : env.DOCKER_CONTEXT);
}

function contextOf(configFolder: string, name: string | undefined): EngineContext | undefined {
  return name === undefined || name === "" || name === "default" ? undefined : readContext(configFolder, name);
}

interface TlsPlace {
  readonly configFolder: string;
  /** Only its own files count then. */
  readonly context: EngineContext | undefined;
}

function readTls(values: Values, env: Env, { configFolder, context }: TlsPlace): ClientTls | undefined {
  if (context !== undefined) {
    return context.tlsFolder === undefined ? undefined : readTlsFiles(context.tlsFolder, {}, context.verify);
  }
  const verify = values.tlsverify || Boolean(env.DOCKER_TLS_VERIFY);
  if (!verify && !values.tls && !env.DOCKER_TLS) return undefined;
  const { tlscacert: ca, tlscert: cert, tlskey: key } = values;
  return readTlsFiles(env.DOCKER_CERT_PATH || configFolder, { ca, cert, key }, verify);
}

/** Those that `named` does not name have their usual names in the folder, and may be missing. */
function readTlsFiles(
  folder: string,
  named: { readonly [K in "ca" | "cert" | "key"]?: string | undefined },
  verify: boolean,
): ClientTls {
  const read = (path: string | undefined, name: string): Buffer | undefined => {
    try {
      return fs().readFileSync(path ?? join(folder, name));
    } catch (thrown) {
      if (path === undefined && (thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw TdockError.from(thrown);
    }
  };
  const files = {
    ca: read(named.ca, "ca.pem"),
    cert: read(named.cert, "cert.pem"),
    key: read(named.key, "key.pem"),
  };
  try {
    // What is no certificate or no key would be found only when a connection fails, and without a word of why.
    process.getBuiltinModule("node:tls").createSecureContext(files);
  } catch (cause) {
    throw new TdockError("invalid-argument", `the engine's TLS files cannot be used: ${(cause as Error).message}`, {
      cause,
    });
  }
  return { verify, ...files };
}
