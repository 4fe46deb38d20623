import type { Engine } from "../engine.ts";
import { referenceOf } from "./names.ts";
import { type Reference, repositoryName } from "./reference.ts";

/** All tags that are here of a repository; none where there is no image of it. */
export async function repositoryTags(
  { images }: Pick<Engine, "images">,
  repository: Reference,
): Promise<readonly Reference[]> {
  const references = (await images.names()).flatMap(({ name }) => referenceOf(name) ?? []);
  return references.filter((one) => one.tag !== undefined && repositoryName(one) === repositoryName(repository));
}
