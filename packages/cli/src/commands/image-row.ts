import type { ImageSummary } from "@tdock/api/images";
import { familiarName, parseReference } from "../flags/reference.ts";
import { goTime } from "../terminal/go-time.ts";
import { humanAgo, humanSize } from "../terminal/human.ts";
import { shortId } from "../terminal/short-id.ts";
import type { Dot } from "../terminal/template/value.ts";

/** Titles of the columns of `images`. */
export const imageTitles: Dot = {
  Containers: "CONTAINERS",
  CreatedAt: "CREATED AT",
  CreatedSince: "CREATED",
  Digest: "DIGEST",
  ID: "IMAGE ID",
  Pinned: "PINNED",
  Repository: "REPOSITORY",
  SharedSize: "SHARED SIZE",
  Size: "SIZE",
  Tag: "TAG",
  UniqueSize: "UNIQUE SIZE",
  VirtualSize: "VIRTUAL SIZE",
};

export interface ImageRowOptions {
  readonly trunc: boolean;
  /** Whether names that are only a digest get a row each. */
  readonly digests: boolean;
  /** Whether a tag is repeated for each digest that it stands for. */
  readonly needsDigest: boolean;
}

/** One row for each name of an image; one without names when it has none (docker/cli `formatter/image.go`). */
export function imageRows(image: ImageSummary, options: ImageRowOptions): Dot[] {
  const tags = namesOf(image.RepoTags ?? [], "tag");
  const digests = namesOf(image.RepoDigests ?? [], "digest");
  const row = (repository: string, tag: string, digest: string) =>
    imageRow(image, { repository, tag, digest, ...options });
  if (tags.size === 0 && digests.size === 0) return [row("<none>", "<none>", "<none>")];
  const tagged = [...tags].flatMap(([repository, values]) => {
    const shown = options.needsDigest ? (digests.get(repository) ?? []) : [];
    return values.flatMap((tag) =>
      (shown.length === 0 ? ["<none>"] : shown).map((digest) => row(repository, tag, digest)),
    );
  });
  const untagged = [...digests].filter(([repository]) => !tags.has(repository));
  return [
    ...tagged,
    ...untagged.flatMap(([repository, values]) =>
      (options.digests ? values : [""]).map((digest) => row(repository, "<none>", digest)),
    ),
  ];
}

/** Short repository name to its tags or digests. */
function namesOf(references: readonly string[], part: "tag" | "digest"): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const text of references) {
    const reference = parseReference(text);
    const value = reference?.[part];
    if (reference === undefined || value === undefined) continue;
    const name = familiarName(reference);
    names.set(name, [...(names.get(name) ?? []), value]);
  }
  return names;
}

interface Name extends ImageRowOptions {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

function imageRow(image: ImageSummary, { repository, tag, digest, trunc }: Name): Dot {
  const { Id, Created, Size, SharedSize, Containers, Pinned = [] } = image;
  return {
    Containers: Containers === -1 ? "N/A" : String(Containers),
    get CreatedAt() {
      return goTime(Created);
    },
    get CreatedSince() {
      return humanAgo(Created);
    },
    Digest: digest,
    ID: trunc ? shortId(Id) : Id,
    Pinned: String(Pinned.includes(`${repository}:${tag}`)),
    Repository: repository,
    get SharedSize() {
      return SharedSize === -1 ? "N/A" : humanSize(SharedSize);
    },
    get Size() {
      return humanSize(Size, 3);
    },
    Tag: tag,
    get UniqueSize() {
      return Size === -1 || SharedSize === -1 ? "N/A" : humanSize(Size - SharedSize);
    },
    get VirtualSize() {
      return humanSize(Size);
    },
  };
}
