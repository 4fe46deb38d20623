import type { IdMap } from "./id-map.ts";

/** How mounts made on one side of a bind show on the other (mount_namespaces(7)). */
export type Propagation = "rprivate" | "private" | "rslave" | "slave" | "rshared" | "shared";

interface MountPointBase {
  /** Absolute path in the container, cleaned. */
  readonly destination: string;
  readonly isReadOnly: boolean;
  /** The options as the user wrote them, e.g. `ro,z`; what inspect shows as Mode. */
  readonly mode: string;
}

/** A folder or file of the host. */
export interface BindPoint extends MountPointBase {
  readonly kind: "bind";
  readonly source: string;
  readonly propagation: Propagation;
  /** Without what is mounted below the source. */
  readonly isNonRecursive: boolean;
  /** Read-only for mounts below the source too: `forced` fails where the kernel cannot, `off` leaves them writable. */
  readonly recursiveReadOnly: "best" | "forced" | "off";
  /** Owners of files are seen and stored as others. */
  readonly idMap?: IdMap;
  /** `--mount`: a missing source is an error. `-v`: a folder is made. */
  readonly mustExist: boolean;
}

/** A volume of tdock's. */
export interface VolumePoint extends MountPointBase {
  readonly kind: "volume";
  readonly name: string;
  readonly driver: string;
  /** Where its data lies on the host. */
  readonly source: string;
  /** Path inside the volume that is mounted instead of its root; empty for the root. */
  readonly subpath: string;
  /** An empty volume is not filled with what the image has at the destination. */
  readonly isNoCopy: boolean;
  /** Made for this container without a name: goes with `--rm` and `rm -v`. */
  readonly isAnonymous: boolean;
}

/** Memory that ends with the container's process. */
export interface TmpfsPoint extends MountPointBase {
  readonly kind: "tmpfs";
  /** Mount options beside tdock's own, e.g. `size=64m`, `mode=1777`. */
  readonly options: readonly string[];
}

/** The files of an image, read-only. */
export interface ImagePoint extends MountPointBase {
  readonly kind: "image";
  /** As the user named it. */
  readonly source: string;
  readonly subpath: string;
}

/** One place of a container where something other than its own root is mounted: data, for inspect and the OCI spec. */
export type MountPoint = BindPoint | VolumePoint | TmpfsPoint | ImagePoint;
