import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { ClientTls } from "./client/client.ts";
import { defaultHost, type EngineHost, parseHost } from "./client/host.ts";
import { bool, type FlagValues, text } from "./flags/flag.ts";

/** Flags that stand before the command. */
export const globalFlagTable = {
  config: text("Location of client config files", { shownDefault: '"~/.docker"' }),
  context: text('Name of the context to use; tdock has only "default"', { short: "c" }),
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
  return {
    configFolder: values.config ?? (env.DOCKER_CONFIG || join(homedir(), ".docker")),
    apiVersion: env.DOCKER_API_VERSION?.replace(/^v/, "") || undefined,
    host: () => chooseHost(values, env),
    tls: () => readTls(values, env),
  };
}

function chooseHost(values: Values, env: Env): EngineHost {
  const named = values.host || env.TDOCK_HOST || env.DOCKER_HOST;
  const context = values.context ?? (named ? undefined : env.DOCKER_CONTEXT);
  if (context !== undefined && context !== "" && context !== "default") {
    throw new TdockError(
      "not-found",
      `context "${context}" not found: tdock has no contexts; name the engine with -H or DOCKER_HOST`,
    );
  }
  return parseHost(named || defaultHost);
}

function readTls(values: Values, env: Env): ClientTls | undefined {
  const verify = values.tlsverify || Boolean(env.DOCKER_TLS_VERIFY);
  if (!verify && !values.tls && !env.DOCKER_TLS) return undefined;
  const folder = env.DOCKER_CERT_PATH || readGlobalFlags(values, env).configFolder;
  const read = (named: string | undefined, name: string): Buffer | undefined => {
    try {
      return readFileSync(named ?? join(folder, name));
    } catch (thrown) {
      if (named === undefined && (thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw TdockError.from(thrown);
    }
  };
  const files = {
    ca: read(values.tlscacert, "ca.pem"),
    cert: read(values.tlscert, "cert.pem"),
    key: read(values.tlskey, "key.pem"),
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
