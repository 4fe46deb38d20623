import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "./cli.ts";
import { fs } from "./fs.ts";

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

/** Reads the file; empty when there is none. Throws `invalid-argument` when it is not JSON, or what reading throws. */
export function readConfigFile(cli: Pick<Cli, "configFolder">): ConfigFile {
  const path = configPath(cli);
  let text: string;
  try {
    text = fs().readFileSync(path, "utf8");
  } catch (thrown) {
    const error = TdockError.from(thrown);
    if (error.code === "not-found") return {};
    throw error;
  }
  if (text.trim() === "") return {};
  try {
    const parsed = JSON.parse(text) as unknown;
    if (isObject(parsed)) return parsed;
    throw new Error("it is no JSON object");
  } catch (cause) {
    throw new TdockError("invalid-argument", `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** `readConfigFile` for whoever only reads it: what is wrong with it is a warning, as Docker's, and nothing else. */
export function usableConfigFile(cli: Pick<Cli, "configFolder" | "err">): ConfigFile {
  try {
    const { config, wrong } = withoutWrong(readConfigFile(cli));
    for (const member of wrong) warn(cli, `${configPath(cli)}: ${member} is not what it should be`);
    return config;
  } catch (thrown) {
    warn(cli, TdockError.from(thrown).message);
    return {};
  }
}

function warn({ err }: Pick<Cli, "err">, problem: string): void {
  err.print(`WARNING: Error loading config file: ${problem}\n`);
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const hasTexts =
  (...names: readonly string[]): Check =>
  (value) =>
    isObject(value) && names.every((name) => value[name] === undefined || isText(value[name]));

/** What a member has to be; of those that hold one thing for each key, what each of these has to be. */
const texts: readonly string[] = [
  ...["credsStore", "detachKeys"],
  ...["psFormat", "imagesFormat", "networksFormat", "volumesFormat", "statsFormat"],
];
const entries: Readonly<Record<string, Check>> = {
  auths: hasTexts("auth", "username", "password", "identitytoken", "registrytoken"),
  credHelpers: isText,
  proxies: hasTexts("httpProxy", "httpsProxy", "noProxy", "ftpProxy", "allProxy"),
};

function withoutWrong(file: ConfigFile): { config: ConfigFile; wrong: readonly string[] } {
  const wrong: string[] = [];
  const kept = (name: string, value: unknown): readonly (readonly [string, unknown])[] => {
    const check = entries[name];
    if (value === null || (texts.includes(name) && !isText(value)) || (check !== undefined && !isObject(value))) {
      if (value !== null) wrong.push(name);
      return [];
    }
    if (check === undefined) return [[name, value]];
    const all = Object.entries(value as object);
    wrong.push(...all.filter(([, one]) => !check(one)).map(([key]) => `${name} of ${key}`));
    return [[name, Object.fromEntries(all.filter(([, one]) => check(one)))]];
  };
  const members = Object.entries(file).flatMap(([name, value]) => kept(name, value));
  return { config: Object.fromEntries(members) as ConfigFile, wrong };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
