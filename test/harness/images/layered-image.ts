import { busyboxConfig, busyboxEntries } from "./busybox.ts";
import { type Compression, imageOf, layerOf, type OciImage } from "./oci-image.ts";
import { directory, file, hardlink, symlink } from "./tar-layer.ts";

/**
 * An image whose three layers on top of busybox use all that layers can do: whiteouts, an opaque folder, replaced
 * types, hard links across folders, set-user-ID, owners, extended attributes, long and non-ASCII names, other compressions.
 */
export async function layeredImage(compressions: readonly Compression[] = ["gzip", "zstd", "none"]): Promise<OciImage> {
  const [first, second, third] = compressions;
  return imageOf({
    config: busyboxConfig,
    layers: [
      await layerOf(await busyboxEntries()),
      await layerOf(lower, first),
      await layerOf(middle, second),
      await layerOf(upper, third),
    ],
  });
}

/** Regular files of the image and what `cat` shows of them; every other file that its layers name is gone. */
export const layeredFiles: Readonly<Record<string, string>> = {
  "/data/kept": "kept\n",
  "/data/replaced": "new\n",
  "/opaque/fresh": "fresh\n",
  "/was-folder": "a file now\n",
  "/links/two": "one\n",
  "/long/grüße-名前": "non-ASCII\n",
};

/** Names that lower layers have and upper layers take away. */
export const layeredGone = [
  "/data/removed",
  "/opaque/old",
  "/was-folder/inside",
  "/data/.wh.removed",
  "/opaque/.wh..wh..opq",
];

const lower = [
  directory("data"),
  file("data/kept", "kept\n"),
  file("data/replaced", "old\n"),
  file("data/removed", "removed\n"),
  directory("opaque"),
  file("opaque/old", "old\n"),
  directory("was-folder"),
  file("was-folder/inside", "inside\n"),
  directory("links"),
  file("links/one", "one\n"),
  hardlink("links/two", "links/one"),
  symlink("links/soft", "one"),
];

const middle = [
  file("data/.wh.removed", ""),
  file("data/replaced", "new\n"),
  file("opaque/.wh..wh..opq", ""),
  file("opaque/fresh", "fresh\n"),
  file(".wh.was-folder", ""),
  { ...file("owned", "owned\n", 0o640), uid: 1234, gid: 5678 },
  { ...file("set-user-id", "", 0o4755) },
];

const upper = [
  file("was-folder", "a file now\n"),
  directory("long"),
  file("long/grüße-名前", "non-ASCII\n"),
  file(`long/${"n".repeat(200)}`, "a long name\n"),
  { ...file("capable", ""), pax: { "SCHILY.xattr.user.tdock": "an attribute" } },
  directory("sticky", 0o1777),
];
