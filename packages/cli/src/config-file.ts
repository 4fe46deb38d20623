import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "./cli.ts";

/** Docker's `config.json`, as far as tdock reads it. Unknown members stay in it when it is written. */
export interface ConfigFile {
  readonly auths?: Readonly<Record<string, StoredCredentials>>;
  /** Helper program for all registries: `docker-credential-<name>`. */
  readonly credsStore?: string;
  /** Registry -> helper program. */
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly detachKeys?: string;
  readonly psFormat?: string;
  readonly imagesFormat?: string;
  readonly networksFormat?: string;
  readonly volumesFormat?: string;
  readonly statsFormat?: string;
  /** Engine address, or `default` -> proxies for the containers. */
  readonly proxies?: Readonly<Record<string, Proxies>>;
}

export interface StoredCredentials {
  /** base64 of `user:password`; `username` and `password` count without it, as other programs write them. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

export interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  readonly ftpProxy?: string;
  readonly allProxy?: string;
}

export function configPath({ configFolder }: Pick<Cli, "configFolder">): string {
  return join(configFolder, "config.json");
}

/** Reads the file; empty when there is none. Throws `invalid-argument` when it is not JSON. */
export function readConfigFile(cli: Pick<Cli, "configFolder">): ConfigFile {
  const path = configPath(cli);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    const error = TdockError.from(thrown);
    if (error.code === "not-found" || error.code === "forbidden") return {};
    throw error;
  }
  try {
    const parsed = JSON.parse(text) as unknown;
    return typeof parsed === "object" && parsed !== null ? (parsed as ConfigFile) : {};
  } catch (cause) {
    throw new TdockError("invalid-argument", `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
