import { isError } from "@tdock/errors/error";
import type { BlobStore } from "./blob-store.ts";
import type { BlobReference } from "./image.ts";

const prefix = "containerd.io/distribution.source.";

/** A repository of a registry. */
export interface Repository {
  /** As users name it: `docker.io`. */
  readonly domain: string;
  readonly path: string;
}

/**
 * The label that says in which repositories a blob was seen, with one more: a push to the same registry mounts the
 * blob from there. Follows containerd's `docker/handler.go`.
 */
export async function sourceLabel(
  blobs: BlobStore,
  { domain, path }: Repository,
  { digest }: Pick<BlobReference, "digest">,
): Promise<Record<string, string>> {
  const known = repositoriesOf(await blobs.labelsOf(digest), domain);
  return { [prefix + domain]: [...new Set([...known, path])].join(",") };
}

/** Notes that a stored blob with these labels is in a repository, too. One that was removed meanwhile is left alone. */
export async function noteRepository(
  blobs: BlobStore,
  blob: Pick<BlobReference, "digest">,
  labels: Readonly<Record<string, string>>,
  repository: Repository,
): Promise<void> {
  if (repositoriesOf(labels, repository.domain).includes(repository.path)) return;
  await blobs.setLabels(blob.digest, await sourceLabel(blobs, repository, blob)).catch((thrown) => {
    if (!isError(thrown, "not-found")) throw thrown;
  });
}

/** Every repository that a blob's labels name. */
export function sourcesIn(labels: Readonly<Record<string, string>>): readonly Repository[] {
  const domains = Object.keys(labels).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  return domains.flatMap((domain) => repositoriesOf(labels, domain).map((path) => ({ domain, path })));
}

/** The repositories of a registry that a blob's labels name. */
export function repositoriesOf(labels: Readonly<Record<string, string>>, domain: string): readonly string[] {
  return labels[prefix + domain]?.split(",").filter((path) => path !== "") ?? [];
}
