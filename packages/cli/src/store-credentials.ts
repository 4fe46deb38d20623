import { mkdirSync } from "node:fs";
import type { Cli } from "./cli.ts";
import { type ConfigFile, configPath, readConfigFile, type StoredCredentials } from "./config-file.ts";
import { runCredentialHelper } from "./credential-helper.ts";
import { helperFor, type RegistryAuth } from "./credentials.ts";
import { replaceFile } from "./replace-file.ts";

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

/** Readable by its owner alone when it is new. */
function writeConfigFile(place: Place, config: ConfigFile): void {
  mkdirSync(place.configFolder, { recursive: true, mode: 0o700 });
  replaceFile(configPath(place), `${JSON.stringify(config, null, "\t")}\n`, { mode: 0o600 });
}
