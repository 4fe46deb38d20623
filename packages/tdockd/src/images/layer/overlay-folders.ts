import type { Mount } from "@tdock/containerd/mount";
import { TdockError } from "@tdock/errors/error";

/** The folders behind the mounts of an active snapshot of the overlayfs snapshotter. */
export interface OverlayFolders {
  /** Where the snapshot's own files lie. */
  readonly upper: string;
  /** Those of the layers below, topmost first. */
  readonly lowers: readonly string[];
}

/** Reads an active snapshot's mounts. Throws `not-implemented` when they are another snapshotter's. */
export function overlayFolders(mounts: readonly Mount[]): OverlayFolders {
  const [mount] = mounts;
  if (mounts.length === 1 && mount?.type === "bind") return { upper: mount.source, lowers: [] };
  const upper = optionOf(mount, "upperdir=");
  const lowers = optionOf(mount, "lowerdir=");
  if (mounts.length !== 1 || mount?.type !== "overlay" || upper === undefined || lowers === undefined) {
    throw new TdockError(
      "not-implemented",
      `a root of ${mount?.type ?? "no"} mounts is not supported: overlayfs is needed`,
    );
  }
  return { upper, lowers: lowers.split(":") };
}

function optionOf(mount: Mount | undefined, prefix: string): string | undefined {
  return mount?.options.find((option) => option.startsWith(prefix))?.slice(prefix.length);
}
