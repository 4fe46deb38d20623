import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import type { RegistryClient } from "./client.ts";
import { exchange, readBody } from "./exchange.ts";
import { errorOfResponse } from "./registry-error.ts";
import { openSession } from "./session.ts";

const limitBytes = 4 * 1024 * 1024;
const searchReply = v.object({
  results: v.nullish(
    v.array(
      v.object({
        name: v.string(),
        description: v.nullish(v.string()),
        star_count: v.nullish(v.number()),
        is_official: v.nullish(v.boolean()),
        is_automated: v.nullish(v.boolean()),
      }),
    ),
  ),
});

/** What is looked for, and where. */
export interface SearchRequest {
  readonly domain: string;
  readonly words: string;
  readonly limit: number;
}

/** A repository that was found. */
export interface FoundRepository {
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
  readonly is_automated: boolean;
}

/** Searches a registry that has Docker's v1 search (`/v1/search`); few beside Docker Hub do. */
export async function searchRegistry(
  client: RegistryClient,
  { domain, words, limit }: SearchRequest,
  signal: AbortSignal,
): Promise<FoundRepository[]> {
  const session = await openSession(client, domain, {}, signal);
  const host = session.hosts.at(-1);
  if (host === undefined) throw new TdockError("not-found", `${domain}: no host is configured`);
  const url = new URL(`${host.origin}/v1/search?${new URLSearchParams({ q: words, n: String(limit) })}`);
  const response = await exchange(client, host, { method: "GET", url, headers: {}, signal });
  if (response.status !== 200) throw await errorOfResponse(response);
  return parseReply(await readBody(response, limitBytes), domain);
}

function parseReply(body: Buffer, domain: string): FoundRepository[] {
  try {
    return (v.parse(searchReply, JSON.parse(body.toString("utf8"))).results ?? []).map((found) => ({
      name: found.name,
      description: found.description ?? "",
      star_count: found.star_count ?? 0,
      is_official: found.is_official ?? false,
      is_automated: found.is_automated ?? false,
    }));
  } catch (cause) {
    throw new TdockError("invalid-argument", `${domain}: the search's answer is malformed`, { cause });
  }
}
