import type { Input } from "@tdock/api/endpoint";
import { checkFilterNames } from "@tdock/api/filters";
import type { ImageSearchResponseItem, imageSearch } from "@tdock/api/images";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { searchRegistry } from "../registry/search.ts";

const hub = "index.docker.io";

/** `GET /images/search`: asks Docker Hub, or the registry in front of the term (`registry.example/term`). */
export async function searchImages(
  engine: Pick<Engine, "registry">,
  { term = "", limit = 25, filters }: Input<typeof imageSearch>,
  signal: AbortSignal,
): Promise<ImageSearchResponseItem[]> {
  checkFilterNames(filters, ["is-automated", "is-official", "stars"]);
  if (limit < 0 || limit > 100) {
    throw new TdockError("invalid-argument", `Limit ${limit} is outside the range of [1, 100]`);
  }
  if (term === "") throw new TdockError("invalid-argument", "no search term is given");
  const { domain, words } = splitTerm(term);
  const stars = Math.max(0, ...(filters?.stars ?? []).map(Number));
  const wanted = (name: string) => filters?.[name]?.map((value) => value === "true" || value === "1");
  const found = await searchRegistry(engine.registry, { domain, words, limit: limit === 0 ? 25 : limit }, signal);
  return found
    .filter(({ star_count }) => star_count >= stars)
    .filter(({ is_official }) => wanted("is-official")?.includes(is_official) ?? true)
    .filter(({ is_automated }) => wanted("is-automated")?.includes(is_automated) ?? true);
}

function splitTerm(term: string): { domain: string; words: string } {
  const slash = term.indexOf("/");
  const first = term.slice(0, Math.max(slash, 0));
  if (slash < 0 || !(/[.:]/.test(first) || first === "localhost")) return { domain: hub, words: term };
  return { domain: first, words: term.slice(slash + 1) };
}
