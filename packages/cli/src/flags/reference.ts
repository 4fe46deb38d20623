import { TdockError } from "@tdock/errors/error";

/** An image reference taken apart: `registry.example:5000/team/app:1.0@sha256:…`. */
export interface ImageReference {
  /** `docker.io` where none is given. */
  readonly domain: string;
  /** `library/busybox` for a short name on docker.io. */
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const shape =
  /^(?<name>[a-zA-Z0-9][a-zA-Z0-9._:/-]*?|\[[0-9a-fA-F:]+\][a-zA-Z0-9._:/-]*?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?$/;

/**
 * Takes a reference apart by Docker's rule: the first part is a registry if it has a dot or a colon, or is
 * `localhost`. Undefined for what cannot be one; the engine is who decides and words the error.
 */
export function parseReference(text: string): ImageReference | undefined {
  const groups = shape.exec(text)?.groups;
  if (groups?.name === undefined) return undefined;
  const { name, tag, digest } = groups;
  const slash = name.indexOf("/");
  // A colon before the last slash's is a registry's port.
  if (name.includes(":", Math.max(slash, 0)) && !name.startsWith("[")) return undefined;
  const first = name.slice(0, Math.max(slash, 0));
  const hasDomain = slash !== -1 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const domain = hasDomain ? first : "docker.io";
  const path = hasDomain ? name.slice(slash + 1) : name;
  const isDockerHub = domain === "docker.io" || domain === "index.docker.io";
  return {
    domain: isDockerHub ? "docker.io" : domain,
    path: isDockerHub && !path.includes("/") ? `library/${path}` : path,
    tag,
    digest,
  };
}

/** As {@link parseReference}; throws `invalid-argument` in Docker's words for what cannot be a reference. */
export function requireReference(text: string): ImageReference {
  const reference = parseReference(text);
  if (reference === undefined) throw new TdockError("invalid-argument", "invalid reference format");
  if (reference.path === reference.path.toLowerCase()) return reference;
  const message = `invalid reference format: repository name (${reference.path}) must be lowercase`;
  throw new TdockError("invalid-argument", message);
}

/** The short form that users know: without `docker.io/library/`. */
export function familiarName({ domain, path }: ImageReference): string {
  if (domain !== "docker.io") return `${domain}/${path}`;
  return path.replace(/^library\/(?=[^/]+$)/, "");
}

/** The short form with tag and digest. */
export function familiarReference(reference: ImageReference): string {
  return familiarName(reference) + suffixOf(reference);
}

/** The long form with tag and digest: `docker.io/library/busybox:latest`. */
export function canonicalReference(reference: ImageReference): string {
  return `${reference.domain}/${reference.path}${suffixOf(reference)}`;
}

function suffixOf({ tag, digest }: ImageReference): string {
  return `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** With the tag `latest` where neither tag nor digest is given. */
export function withDefaultTag(reference: ImageReference): ImageReference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: "latest" } : reference;
}
