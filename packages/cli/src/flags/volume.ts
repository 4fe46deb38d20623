import { resolve } from "node:path";
import { invalid } from "./invalid.ts";

/** What `-v` stands for: an anonymous volume at a path, or a bind of a named volume or a host path. */
export type VolumeSpec =
  | { readonly kind: "anonymous"; readonly target: string }
  | { readonly kind: "bind"; readonly bind: string };

/**
 * `target`, `source:target[:options]`. A source that starts with a dot is made absolute here, since only the client
 * knows its working folder (docker/cli `internal/volumespec`). Throws `invalid-argument`.
 */
export function parseVolume(spec: string): VolumeSpec {
  if (spec === "") throw invalid("invalid empty volume spec");
  const parts = spec.split(":");
  if (parts.includes("") && spec.length > 2) throw invalid(`invalid spec: ${spec}: empty section between colons`);
  if (parts.length > 3) throw invalid(`invalid spec: ${spec}: too many colons`);
  const [source = "", ...rest] = parts;
  if (rest.length === 0) return { kind: "anonymous", target: source };
  return { kind: "bind", bind: [source.startsWith(".") ? resolve(source) : source, ...rest].join(":") };
}
