import type { Input } from "@tdock/api/endpoint";
import type { imageTag } from "@tdock/api/images";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import {
  familiarName,
  formatFamiliar,
  formatReference,
  isTag,
  parseReference,
  type Reference,
  withDefaultTag,
} from "./reference.ts";

/** Gives an image one more name. Throws `not-found`, `invalid-argument`. */
export async function tagImage(
  engine: Pick<Engine, "events" | "images">,
  { name, repo, tag }: Input<typeof imageTag>,
): Promise<void> {
  const reference = newTag(repo ?? "", tag ?? "");
  const { id, target } = await engine.images.resolve(name);
  await engine.images.setName(formatReference(reference), target);
  engine.events.emit({ type: "image", action: "tag", id, attributes: { name: formatFamiliar(reference) } });
}

/** The reference that `repo` and `tag` of a request name. Throws `invalid-argument`. */
export function newTag(repo: string, tag: string): Reference {
  const reference = parseReference(repo);
  if (familiarName(reference) === "sha256") {
    throw new TdockError("invalid-argument", "refusing to create an ambiguous tag using digest algorithm as name");
  }
  if (reference.digest !== undefined) {
    throw new TdockError("invalid-argument", "refusing to create a tag with a digest reference");
  }
  if (tag !== "" && !isTag(tag)) throw new TdockError("invalid-argument", "invalid tag format");
  return withDefaultTag(tag === "" ? reference : { domain: reference.domain, path: reference.path, tag });
}
