import { isAbsolute } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { parseReference, type Reference, withDefaultTag } from "../../images/reference.ts";
import { csvFields } from "../dockerfile/csv.ts";

/** Where the results of steps are kept for other engines. */
export type CacheLocation =
  /** An image of its own, or one that was built with its cache inside. */
  | { readonly kind: "registry"; readonly name: string; readonly reference: Reference }
  /** An OCI layout in a folder of the engine's machine. */
  | { readonly kind: "local"; readonly name: string; readonly folder: string };

/** Where a build's own results go. */
export interface CacheTarget {
  /** `inline`: into the image itself. */
  readonly location: CacheLocation | "inline";
  /** `min`: the steps of the target's stage alone; `max`: those of all stages, and cache mounts. */
  readonly mode: "min" | "max";
}

/** Reads `type=registry,ref=NAME`, `type=local,src=FOLDER` or an image's name. Throws `invalid-argument`. */
export function parseCacheSource(text: string): CacheLocation {
  if (!text.includes("=")) return registryAt(text);
  const fields = fieldsOf(text);
  const type = fields.get("type") ?? "registry";
  if (type === "registry") return registryAt(needed(fields, "ref", text));
  if (type === "local") return folderAt(needed(fields, "src", text));
  throw new TdockError("not-implemented", `cache-from type=${type} is not offered: wanted registry or local`);
}

/** Reads `type=registry,ref=NAME`, `type=local,dest=FOLDER`, `type=inline`, with `mode=min|max`. Throws likewise. */
export function parseCacheTarget(text: string): CacheTarget {
  if (!text.includes("=")) return { location: registryAt(text), mode: "min" };
  const fields = fieldsOf(text);
  const mode = fields.get("mode") ?? "min";
  if (mode !== "min" && mode !== "max")
    throw new TdockError("invalid-argument", `mode: wanted min or max, got ${mode}`);
  const type = fields.get("type") ?? "registry";
  if (type === "inline") return { location: "inline", mode };
  if (type === "registry") return { location: registryAt(needed(fields, "ref", text)), mode };
  if (type === "local") return { location: folderAt(needed(fields, "dest", text)), mode };
  throw new TdockError("not-implemented", `cache-to type=${type} is not offered: wanted registry, local or inline`);
}

function registryAt(name: string): CacheLocation {
  return { kind: "registry", name, reference: withDefaultTag(parseReference(name)) };
}

function folderAt(folder: string): CacheLocation {
  if (!isAbsolute(folder)) throw new TdockError("invalid-argument", `wanted an absolute path, got ${folder}`);
  return { kind: "local", name: folder, folder };
}

function fieldsOf(text: string): Map<string, string> {
  const pairs = csvFields(text).map((field) => /^([^=]*)=(.*)$/s.exec(field));
  if (pairs.includes(null)) throw new TdockError("invalid-argument", `${text}: wanted name=value`);
  return new Map(pairs.map((pair) => [(pair?.[1] ?? "").toLowerCase(), pair?.[2] ?? ""]));
}

function needed(fields: ReadonlyMap<string, string>, name: string, text: string): string {
  const value = fields.get(name);
  if (value) return value;
  throw new TdockError("invalid-argument", `${text}: ${name} is missing`);
}
