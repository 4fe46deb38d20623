/** Options of the shim `io.containerd.runc.v2` (`containerd.runc.v1.Options`). Absent ones keep the shim's defaults. */
export interface RuncOptions {
  /** chroot instead of pivot_root: for a root that is an initramfs. */
  readonly noPivotRoot?: boolean;
  readonly noNewKeyring?: boolean;
  /** Owner of the stdio pipes. */
  readonly ioUid?: number;
  readonly ioGid?: number;
  /** Name or path of the OCI runtime instead of `runc`. */
  readonly binaryName?: string;
  /** The runtime's own state folder instead of `/run/containerd/runc`. */
  readonly root?: string;
  readonly systemdCgroup?: boolean;
}
