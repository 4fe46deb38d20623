import { type Client, createClient } from "./client/client.ts";
import { type ConfigFile, usableConfigFile } from "./config-file.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { createPrinter, type Printer } from "./terminal/printer.ts";

/** The command line's surroundings, as commands see them. */
export interface Cli {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of `config.json`, as named by `--config`, `DOCKER_CONFIG` or the home folder. */
  readonly configFolder: string;
  /** `config.json` there, as far as it can be read. */
  readonly config: ConfigFile;
  readonly out: Printer;
  readonly err: Printer;
  readonly client: Client;
}

export const programName = "tdock";

/**
 * The client is set up when it is first used, and `config.json` read: help and completion need neither. Throws what the
 * settings are wrong with.
 */
export function createCli(flags: GlobalFlags, env: Cli["env"]): Cli {
  let client: Client | undefined;
  let config: ConfigFile | undefined;
  const { configFolder } = flags;
  const err = createPrinter("stderr");
  return {
    env,
    configFolder,
    get config() {
      config ??= usableConfigFile({ configFolder, err });
      return config;
    },
    out: createPrinter("stdout"),
    err,
    get client() {
      client ??= connectTo(flags);
      return client;
    },
  };
}

/** TLS settings of the environment are for engines on TCP. */
function connectTo({ host: readHost, tls, apiVersion }: GlobalFlags): Client {
  const host = readHost();
  return createClient({ host, tls: host.kind === "tcp" ? tls() : undefined, apiVersion });
}
