import { type Client, createClient } from "./client/client.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { createPrinter, type Printer } from "./terminal/printer.ts";

/** The command line's surroundings, as commands see them. */
export interface Cli {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of `config.json`, as named by `--config`, `DOCKER_CONFIG` or the home folder. */
  readonly configFolder: string;
  readonly out: Printer;
  readonly err: Printer;
  readonly client: Client;
}

export const programName = "tdock";

/** The client is set up when it is first used: help and completion need none. Throws what the settings are wrong with. */
export function createCli(flags: GlobalFlags, env: Cli["env"]): Cli {
  let client: Client | undefined;
  return {
    env,
    configFolder: flags.configFolder,
    out: createPrinter("stdout"),
    err: createPrinter("stderr"),
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
