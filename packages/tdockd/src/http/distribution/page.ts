import { TdockError } from "@tdock/errors/error";

/** Part of a list of names, and where the next part is. */
export interface Page {
  readonly names: readonly string[];
  /** The value of a `Link` header; undefined on the last page. */
  readonly link: string | undefined;
}

/**
 * The names that the query of `url` asks for: at most `n` of those after `last`. `names` must be sorted.
 * Throws `invalid-argument` (reason `page`) for an `n` that is no number.
 * Follows https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags.
 */
export function pageOf(names: readonly string[], url: URL): Page {
  const { searchParams, pathname } = url;
  const last = searchParams.get("last");
  const rest = last === null ? names : names.filter((name) => name > last);
  const limit = limitOf(searchParams.get("n"));
  const page = rest.slice(0, limit);
  const end = page.at(-1);
  if (end === undefined || page.length === rest.length) return { names: page, link: undefined };
  const next = new URLSearchParams(searchParams);
  next.set("last", end);
  return { names: page, link: `<${pathname}?${next}>; rel="next"` };
}

function limitOf(n: string | null): number | undefined {
  if (n === null) return undefined;
  if (/^\d{1,15}$/.test(n)) return Number(n);
  throw new TdockError("invalid-argument", `n is no number: ${n.slice(0, 100)}`, { reason: "page" });
}
