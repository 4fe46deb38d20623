/** What a path of the distribution API asks for. */
export type DistributionPath =
  | { readonly kind: "root" }
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly repository: string }
  | ContentPath;

/** A manifest by tag or digest, or a blob by digest. */
export interface ContentPath {
  readonly kind: "manifests" | "blobs";
  readonly repository: string;
  readonly reference: string;
}

/** Reads a path below `/v2/`; undefined for any other. */
export function parseDistributionPath(path: string): DistributionPath | undefined {
  if (path === "/v2" || path === "/v2/") return { kind: "root" };
  if (path === "/v2/_catalog") return { kind: "catalog" };
  const tags = /^\/v2\/(.+)\/tags\/list$/.exec(path)?.[1];
  if (tags !== undefined) return { kind: "tags", repository: tags };
  const [, repository, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
  if (repository === undefined || reference === undefined) return undefined;
  return { kind: kind === "blobs" ? "blobs" : "manifests", repository, reference };
}
