import { TdockError } from "@tdock/errors/error";
import { isDigest } from "../registry/digest.ts";

/** An image reference with its defaults filled in: `busybox` has the domain `docker.io` and the path `library/busybox`. */
export interface Reference {
  /** Registry as the user named it, with its port: `docker.io`, `localhost:5000`. */
  readonly domain: string;
  /** Repository inside the registry, lower case. */
  readonly path: string;
  readonly tag?: string;
  /** `sha256:<64 hex>` or `sha512:<128 hex>`. */
  readonly digest?: string;
}

const maxNameLength = 255;
// Longer texts cannot be valid: name, `:`, a tag of 128, `@`, a sha512 digest. Checked first, so no pattern meets more.
const maxReferenceLength = maxNameLength + 1 + 128 + 1 + "sha512:".length + 128;

const pathPattern = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const domainLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const domainPattern = new RegExp(`^(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const tagPattern = /^\w[\w.-]{0,127}$/;

/**
 * Reads a reference as a user writes it. Neither tag nor digest is made up when there is none.
 * Takes time linear in the length. Throws `invalid-argument` with Docker's words.
 * Follows distribution/reference `normalize.go` and `regexp.go`.
 */
export function parseReference(text: string): Reference {
  if (text.length > maxReferenceLength) throw invalid();
  const { name, tag, digest } = splitReference(text);
  const { domain, path } = splitDomain(name);
  if (path !== path.toLowerCase()) throw invalid(`repository name (${path}) must be lowercase`);
  if (!domainPattern.test(domain) || !pathPattern.test(path)) throw invalid();
  if (domain.length + 1 + path.length > maxNameLength) throw nameTooLong();
  if (tag !== undefined && !isTag(tag)) throw invalid();
  if (digest !== undefined && !isDigest(digest)) throw invalid();
  return { domain, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/** Whether `text` may be a tag: a word character, then at most 127 of word characters, dots and dashes. */
export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** The reference itself, or with the tag `latest` when it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: "latest" } : reference;
}

/** The full repository name: `docker.io/library/busybox`. */
export function repositoryName({ domain, path }: Reference): string {
  return `${domain}/${path}`;
}

/** The repository as Docker prints it: `busybox`, `user/app`, `localhost:5000/app`. */
export function familiarName({ domain, path }: Reference): string {
  if (domain !== defaultDomain) return `${domain}/${path}`;
  return path.startsWith(officialPrefix) && !path.slice(officialPrefix.length).includes("/")
    ? path.slice(officialPrefix.length)
    : path;
}

/** The whole reference as Docker prints it: `busybox:1.36`, `busybox@sha256:…`. */
export function formatFamiliar(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

/** The whole reference without abbreviations, which is also the image's name in containerd. */
export function formatReference(reference: Reference): string {
  return repositoryName(reference) + suffix(reference);
}

const defaultDomain = "docker.io";
const officialPrefix = "library/";

function suffix({ tag, digest }: Reference): string {
  return (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`);
}

function splitReference(text: string): { name: string; tag?: string; digest?: string } {
  const at = text.indexOf("@");
  const rest = at < 0 ? text : text.slice(0, at);
  // A colon after the last slash begins a tag: `localhost:5000` alone is the image `localhost` with the tag 5000.
  const colon = rest.indexOf(":", rest.lastIndexOf("/") + 1);
  return {
    name: colon < 0 ? rest : rest.slice(0, colon),
    ...(colon >= 0 && { tag: rest.slice(colon + 1) }),
    ...(at >= 0 && { digest: text.slice(at + 1) }),
  };
}

function splitDomain(name: string): { domain: string; path: string } {
  if (/^[a-f0-9]{64}$/.test(name)) {
    throw new TdockError(
      "invalid-argument",
      `invalid repository name (${name}), cannot specify 64-byte hexadecimal strings`,
    );
  }
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  if (slash < 0 || !looksLikeDomain(first)) return { domain: defaultDomain, path: officialPath(name) };
  const rest = name.slice(slash + 1);
  const isHub = first === defaultDomain || first === "index.docker.io";
  return isHub ? { domain: defaultDomain, path: officialPath(rest) } : { domain: first, path: rest };
}

function looksLikeDomain(component: string): boolean {
  return /[.:]/.test(component) || component === "localhost" || component !== component.toLowerCase();
}

function officialPath(path: string): string {
  return path.includes("/") ? path : officialPrefix + path;
}

function invalid(detail?: string): TdockError {
  return new TdockError("invalid-argument", `invalid reference format${detail === undefined ? "" : `: ${detail}`}`);
}

function nameTooLong(): TdockError {
  return new TdockError("invalid-argument", `repository name must not be more than ${maxNameLength} characters`);
}
