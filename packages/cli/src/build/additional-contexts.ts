import { realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { TdockError } from "@tdock/errors/error";
import { type ListedFolder, listFolder } from "../context/list-folder.ts";
import { splitPair } from "../flags/pairs.ts";

/** A folder of this machine that a build reads beside its context. */
export interface AdditionalFolder {
  /** Which folder on which machine this is. */
  readonly name: string;
  readonly listed: ListedFolder;
}

const elsewhere = /^(?:https?:|git:|ssh:|git@|docker-image:)/;

/** Lists the folders among the values of `--build-context NAME=VALUE`. Throws `not-found`, `invalid-argument`. */
export async function additionalFolders(pairs: readonly string[]): Promise<ReadonlyMap<string, AdditionalFolder>> {
  const folders = new Map<string, AdditionalFolder>();
  for (const pair of pairs) {
    const [name, value = ""] = splitPair(pair);
    if (elsewhere.test(value)) continue;
    const folder = realFolder(pair, value.replace(/^local:\/\//, ""));
    folders.set(name, { name: `${hostname()}:${folder}`, listed: await listFolder(folder, ".dockerignore") });
  }
  return folders;
}

function realFolder(pair: string, path: string): string {
  if (/^[a-z][a-z-]*:\/\//.test(path)) {
    const offered =
      "a folder, an image (docker-image://NAME, oci-layout://FOLDER:TAG), a git repository or an archive's URL";
    throw new TdockError("not-implemented", `--build-context ${pair}: wanted ${offered}`);
  }
  try {
    const folder = realpathSync(path);
    if (statSync(folder).isDirectory()) return folder;
  } catch (cause) {
    throw new TdockError("not-found", `--build-context ${pair}: no such folder`, { cause });
  }
  throw new TdockError("invalid-argument", `--build-context ${pair}: no folder`);
}
