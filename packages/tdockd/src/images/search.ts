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
  const stars = Math.max(0, ...(filters?.stars ?? []).map(starsOf));
  const isOfficial = filters?.["is-official"]?.map((value) => isTrue("is-official", value));
  const isAutomated = filters?.["is-automated"]?.map((value) => isTrue("is-automated", value));
  const found = await searchRegistry(engine.registry, { domain, words, limit: limit === 0 ? 25 : limit }, signal);
  return found
    .filter(({ star_count }) => star_count >= stars)
    .filter(({ is_official }) => isOfficial?.includes(is_official) ?? true)
    .filter(({ is_automated }) => isAutomated?.includes(is_automated) ?? true);
}

function starsOf(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new TdockError("invalid-argument", `invalid filter 'stars=${value}': not a number of stars`);
}

function isTrue(name: string, value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new TdockError("invalid-argument", `invalid filter '${name}=${value}': neither true nor false`);
}

function splitTerm(term: string): { domain: string; words: string } {
  const slash = term.indexOf("/");
  const first = term.slice(0, Math.max(slash, 0));
  if (slash < 0 || !(/[.:]/.test(first) || first === "localhost")) return { domain: hub, words: term };
  return { domain: first, words: term.slice(slash + 1) };
}
