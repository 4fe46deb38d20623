import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Cli } from "./cli.ts";
import { type ConfigFile, configPath, readConfigFile, type StoredCredentials } from "./config-file.ts";
import { runCredentialHelper } from "./credential-helper.ts";
import { helperFor, type RegistryAuth } from "./credentials.ts";

type Place = Pick<Cli, "configFolder">;

/**
 * Keeps credentials: in the registry's helper if it has one, else in `config.json`, whose other members stay.
 * Says where. Throws what the helper or the file system throws.
 */
export async function storeCredentials(place: Place, auth: RegistryAuth): Promise<"helper" | "file"> {
  const config = readConfigFile(place);
  const { serveraddress: key, username = "", password = "", identitytoken } = auth;
  const helper = helperFor(config, key);
  if (helper !== undefined) {
    const secret = identitytoken
      ? { Username: "<token>", Secret: identitytoken }
      : { Username: username, Secret: password };
    await runCredentialHelper(helper, "store", JSON.stringify({ ServerURL: key, ...secret }));
    // As Docker: the key stays in the file, so that one can see where one is logged in.
    writeConfigFile(place, { ...config, auths: { ...config.auths, [key]: {} } });
    return "helper";
  }
  const stored: StoredCredentials = {
    auth: Buffer.from(`${username}:${identitytoken ? "" : password}`).toString("base64"),
    ...(identitytoken && { identitytoken }),
  };
  writeConfigFile(place, { ...config, auths: { ...config.auths, [key]: stored } });
  return "file";
}

/** Forgets the credentials of a registry under every key that it may have. Throws what the helper throws. */
export async function eraseCredentials(place: Place, keys: readonly string[]): Promise<void> {
  const config = readConfigFile(place);
  for (const key of keys) {
    const helper = helperFor(config, key);
    if (helper !== undefined) await runCredentialHelper(helper, "erase", key);
  }
  const auths = Object.fromEntries(Object.entries(config.auths ?? {}).filter(([key]) => !keys.includes(key)));
  if (config.auths !== undefined) writeConfigFile(place, { ...config, auths });
}

/** Written whole, readable by its owner alone; a link is followed, an existing file keeps its mode. */
function writeConfigFile(place: Place, config: ConfigFile): void {
  mkdirSync(place.configFolder, { recursive: true, mode: 0o700 });
  const path = realPath(configPath(place));
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  const descriptor = openSync(temporary, "wx", 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(config, null, "\t")}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  const before = statSync(path, { throwIfNoEntry: false });
  if (before !== undefined) chmodSync(temporary, before.mode & 0o777);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function realPath(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path);
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
