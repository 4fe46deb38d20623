import { optional } from "@tdock/api/schema";
import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import { digestOf, isDigest, splitDigest } from "./digest.ts";
import { readBody } from "./exchange.ts";
import { manifestLimitBytes } from "./manifest.ts";
import { manifestAccept, ociIndexType } from "./media-type.ts";
import { type ManifestUpload, putManifest } from "./put-manifest.ts";
import { callRegistry, pullScope } from "./request.ts";
import type { RegistrySession } from "./session.ts";

const referring = v.object({
  subject: v.object({ digest: v.pipe(v.string(), v.check(isDigest)) }),
  artifactType: optional(v.string()),
  config: optional(v.object({ mediaType: optional(v.string()) })),
  annotations: optional(v.record(v.string(), v.string())),
});
const listSchema = v.looseObject({ manifests: v.array(v.looseObject({ digest: v.string() })) });

/**
 * Puts a manifest that was pushed into the list of those that refer to its subject: an index under a tag made of the
 * subject's digest. Does nothing for a manifest without a subject, and for one that is in the list. Throws as
 * `callRegistry`, and `invalid-argument` when the tag names something else. Follows
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests-with-subject.
 */
export async function addReferrer(session: RegistrySession, pushed: ManifestUpload): Promise<void> {
  const { success, output } = v.safeParse(referring, JSON.parse(Buffer.from(pushed.bytes).toString()));
  if (!success) return;
  const { subject, artifactType, config, annotations } = output;
  const { repository, mediaType, bytes, signal } = pushed;
  const digest = digestOf(bytes);
  const reference = referrersTag(subject.digest);
  const list = await readList(session, repository, reference, signal);
  if (list.manifests.some((one) => one.digest === digest)) return;
  const type = artifactType || config?.mediaType;
  const one = {
    mediaType,
    digest,
    size: bytes.length,
    ...(type && { artifactType: type }),
    ...(annotations && { annotations }),
  };
  const changed = Buffer.from(JSON.stringify({ ...list, manifests: [...list.manifests, one] }));
  await putManifest(session, { repository, reference, mediaType: ociIndexType, bytes: changed, signal });
}

/** `sha256-<hex>`, as far as a tag is long enough for the digest. */
function referrersTag(subject: string): string {
  const { algorithm, hex } = splitDigest(subject);
  return `${algorithm}-${hex.slice(0, 64)}`;
}

/** The registry's own list, with all that others wrote into it; an empty one where there is none. */
async function readList(session: RegistrySession, repository: string, tag: string, signal: AbortSignal) {
  const response = await callRegistry(session, {
    capability: "resolve",
    method: "GET",
    path: `/${repository}/manifests/${tag}`,
    scopes: [pullScope(repository)],
    headers: { accept: manifestAccept },
    skipMirrors: true, // What a mirror still remembers may be an older list.
    accept: [404],
    signal,
  });
  const bytes = await readBody(response, manifestLimitBytes);
  if (response.status === 404) return { schemaVersion: 2, mediaType: ociIndexType, manifests: [] };
  try {
    return v.parse(listSchema, JSON.parse(bytes.toString()));
  } catch (cause) {
    const text = `${repository}:${tag} is no list of referrers: what was pushed is not in it`;
    throw new TdockError("invalid-argument", text, { cause });
  }
}
