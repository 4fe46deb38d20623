import { posix } from "node:path";
import type { HostConfig } from "@tdock/api/host-config";
import type { MountReply } from "@tdock/api/volumes";
import type { MountPoint } from "./mount-point.ts";

/** What inspect and list show as mounted: all but `--tmpfs`, which stands in the host configuration alone. */
export function mountSummaries(container: {
  readonly mounts: readonly MountPoint[];
  readonly hostConfig: HostConfig;
}): MountReply[] {
  const memory = new Set(Object.keys(container.hostConfig.Tmpfs ?? {}).map((path) => posix.resolve("/", path)));
  return container.mounts.filter(({ destination }) => !memory.has(destination)).map(mountSummary);
}

function mountSummary(point: MountPoint): MountReply {
  const common = { Destination: point.destination, Mode: point.mode, RW: !point.isReadOnly };
  switch (point.kind) {
    case "bind":
      return { Type: "bind", Source: point.source, ...common, Propagation: point.propagation };
    case "volume":
      return {
        Type: "volume",
        Name: point.name,
        Source: point.source,
        ...common,
        Mode: point.mode || (point.isAnonymous ? "" : "z"),
        Driver: point.driver,
        Propagation: "",
      };
    case "tmpfs":
      return { Type: "tmpfs", Source: "", ...common, Propagation: "" };
    case "image":
      return { Type: "image", Source: point.source, ...common, Propagation: "" };
  }
}
