import type { MountReply } from "@tdock/api/volumes";
import type { MountPoint } from "./mount-point.ts";

/** A mount point as inspect and list show it. */
export function mountSummary(point: MountPoint): MountReply {
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
