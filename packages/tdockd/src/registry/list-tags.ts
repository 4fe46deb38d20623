import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import { readBody } from "./exchange.ts";
import { callRegistry, pullScope } from "./request.ts";
import type { RegistrySession } from "./session.ts";

const pageLimitBytes = 4 * 1024 * 1024;
const maxPages = 1000;
const tagPage = v.object({ tags: v.nullish(v.array(v.string())) });

/**
 * All tags of a repository, page after page (`Link: <…>; rel="next"`). Throws as {@link callRegistry}.
 * Follows https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags.
 */
export async function listTags(session: RegistrySession, repository: string, signal: AbortSignal): Promise<string[]> {
  const tags: string[] = [];
  let query = "?n=1000";
  for (let page = 0; page < maxPages; page += 1) {
    const response = await callRegistry(session, {
      capability: "resolve",
      method: "GET",
      path: `/${repository}/tags/list${query}`,
      scopes: [pullScope(repository)],
      signal,
    });
    tags.push(...parsePage(await readBody(response, pageLimitBytes)));
    const next = nextQuery(response.headers.link);
    if (next === undefined) return tags;
    query = next;
  }
  throw new TdockError("invalid-argument", `${repository}: the registry's list of tags does not end`);
}

function parsePage(body: Buffer): readonly string[] {
  try {
    return v.parse(tagPage, JSON.parse(body.toString("utf8"))).tags ?? [];
  } catch (cause) {
    throw new TdockError("invalid-argument", "the registry's list of tags is malformed", { cause });
  }
}

/** Only the query of the next page is taken over: the address stays ours. */
function nextQuery(link: string | string[] | undefined): string | undefined {
  const header = Array.isArray(link) ? link.join(",") : link;
  const [, target] = header?.match(/<([^<>]{1,2000})>\s*;\s*rel="?next"?/) ?? [];
  return target === undefined ? undefined : URL.parse(target, "http://registry.invalid")?.search || undefined;
}
