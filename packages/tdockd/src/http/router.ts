import { compareVersions, maxApiVersion, minApiVersion } from "@tdock/api/version";
import { TdockError } from "@tdock/errors/error";
import { match } from "path-to-regexp";
import type { Route } from "./route.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly apiVersion: string;
}

export type Router = (method: string, path: string) => Match;

/**
 * Finds the route of a request path, with or without a version prefix.
 * Throws `not-found` with Docker's `page not found`, `invalid-argument` for a version out of range or a bad escape.
 */
export function createRouter(routes: readonly Route[]): Router {
  const byMethod = new Map<string, { matches: ReturnType<typeof match>; route: Route }[]>();
  for (const route of routes) {
    const list = byMethod.get(route.endpoint.method) ?? [];
    list.push({ matches: match(route.endpoint.path, { decode: decodeSegment }), route });
    byMethod.set(route.endpoint.method, list);
  }
  return (method, path) => {
    const { apiVersion, rest } = splitVersion(path);
    for (const { matches, route } of byMethod.get(method) ?? []) {
      const found = matches(rest);
      if (found) return { route, params: flatten(found.params), apiVersion };
    }
    throw new TdockError("not-found", "page not found");
  };
}

function splitVersion(path: string): { apiVersion: string; rest: string } {
  const found = /^\/v(\d{1,3}\.\d{1,3})(\/.*)$/.exec(path);
  if (found === null) return { apiVersion: maxApiVersion, rest: path };
  const [, version = "", rest = ""] = found;
  if (compareVersions(version, minApiVersion) < 0) {
    throw new TdockError(
      "invalid-argument",
      `client version ${version} is too old. Minimum supported API version is ${minApiVersion}, please upgrade your client to a newer version`,
    );
  }
  if (compareVersions(version, maxApiVersion) > 0) {
    throw new TdockError(
      "invalid-argument",
      `client version ${version} is too new. Maximum supported API version is ${maxApiVersion}`,
    );
  }
  return { apiVersion: version, rest };
}

function flatten(params: Readonly<Partial<Record<string, string | string[]>>>): Record<string, string> {
  const result: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join("/") : value;
  }
  return result;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new TdockError("invalid-argument", `invalid URL escape in ${JSON.stringify(segment)}`, { cause });
  }
}
