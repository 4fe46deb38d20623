import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ManifestPlatform } from "@tdock/api/registry";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "./cli.ts";
import { canonicalReference, requireReference, withDefaultTag } from "./flags/reference.ts";
import { replaceFile } from "./replace-file.ts";

/** An image of a list that was not pushed yet. */
export interface DraftImage {
  /** `host/app@sha256:…` */
  readonly from: string;
  readonly platform: ManifestPlatform;
}

type Place = Pick<Cli, "configFolder">;

/** A list's full name: `docker.io/library/app:latest`. Throws `invalid-argument`. */
export function draftName(list: string): string {
  return canonicalReference(withDefaultTag(requireReference(list)));
}

/** The images of a list that `manifest create` began; undefined when there is none of this name. */
export async function readDraft(place: Place, list: string): Promise<readonly DraftImage[] | undefined> {
  try {
    return JSON.parse(await readFile(draftPath(place, list), "utf8")) as readonly DraftImage[];
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** As {@link readDraft}; throws `not-found` when there is none. */
export async function requireDraft(place: Place, list: string): Promise<readonly DraftImage[]> {
  const draft = await readDraft(place, list);
  if (draft !== undefined) return draft;
  throw new TdockError("not-found", `No such manifest: ${draftName(list)}; make it with manifest create`);
}

/** Keeps a list in the configuration's folder, until it is pushed. */
export async function writeDraft(place: Place, list: string, images: readonly DraftImage[]): Promise<void> {
  await mkdir(draftFolder(place), { recursive: true, mode: 0o700 });
  replaceFile(draftPath(place, list), `${JSON.stringify(images, null, 2)}\n`, { mode: 0o600 });
}

export async function removeDraft(place: Place, list: string): Promise<void> {
  await rm(draftPath(place, list), { force: true });
}

function draftFolder({ configFolder }: Place): string {
  return join(configFolder, "tdock-manifests");
}

function draftPath(place: Place, list: string): string {
  return join(draftFolder(place), `${encodeURIComponent(draftName(list))}.json`);
}
