import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/flags/reference.ts
var shape = /^(?<name>[a-zA-Z0-9][a-zA-Z0-9._:/-]*?|\[[0-9a-fA-F:]+\][a-zA-Z0-9._:/-]*?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?$/;
function parseReference(text) {
  const groups = shape.exec(text)?.groups;
  if (groups?.name === void 0) return void 0;
  const { name, tag, digest } = groups;
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const hasDomain = slash !== -1 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const domain = hasDomain ? first : "docker.io";
  const path = hasDomain ? name.slice(slash + 1) : name;
  const isDockerHub = domain === "docker.io" || domain === "index.docker.io";
  return {
    domain: isDockerHub ? "docker.io" : domain,
    path: isDockerHub && !path.includes("/") ? `library/${path}` : path,
    tag,
    digest
  };
}
function requireReference(text) {
  const reference = parseReference(text);
  if (reference === void 0) throw new TdockError("invalid-argument", "invalid reference format");
  if (reference.path === reference.path.toLowerCase()) return reference;
  const message = `invalid reference format: repository name (${reference.path}) must be lowercase`;
  throw new TdockError("invalid-argument", message);
}
function familiarName({ domain, path }) {
  if (domain !== "docker.io") return `${domain}/${path}`;
  return path.replace(/^library\/(?=[^/]+$)/, "");
}
function familiarReference(reference) {
  return familiarName(reference) + suffixOf(reference);
}
function canonicalReference(reference) {
  return `${reference.domain}/${reference.path}${suffixOf(reference)}`;
}
function suffixOf({ tag, digest }) {
  return `${tag === void 0 ? "" : `:${tag}`}${digest === void 0 ? "" : `@${digest}`}`;
}
function withDefaultTag(reference) {
  return reference.tag === void 0 && reference.digest === void 0 ? { ...reference, tag: "latest" } : reference;
}

export {
  parseReference,
  requireReference,
  familiarName,
  familiarReference,
  canonicalReference,
  withDefaultTag
};
