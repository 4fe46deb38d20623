import { statSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import { parseCsvLine } from "../flags/csv.ts";
import { type FlagValues, parseBool } from "../flags/flag.ts";
import { splitPair } from "../flags/pairs.ts";
import type { buildFlags } from "./flags.ts";

/** Where a build's result is to go, beside the engine: to the registries of its names, or to a place of ours. */
export type OutputRequest =
  | { readonly type: "image" | "registry"; readonly names: readonly string[] }
  /** Without `dest` in the engine only; `-` is standard output. */
  | { readonly type: "docker"; readonly names: readonly string[]; readonly dest: string | undefined }
  | { readonly type: "oci" | "local" | "tar"; readonly names: readonly string[]; readonly dest: string };

/**
 * Reads `--output` and `--push`, before anything is built. Throws `invalid-argument` and `not-found` for what could not
 * be done in the end, `not-implemented` for an option that would be ignored.
 */
export async function readOutputs(flags: FlagValues<typeof buildFlags>): Promise<readonly OutputRequest[]> {
  const outputs = flags.output.map(readOutput);
  if (flags.push) outputs.push({ type: "registry", names: [] });
  for (const output of outputs) {
    if (output.type === "registry" && flags.tag.length + output.names.length === 0) {
      throw new TdockError("invalid-argument", "--push: the image has no name: give one with --tag");
    }
    if (output.type === "tar" && flags.platform?.includes(",")) {
      throw new TdockError("not-implemented", "--output type=tar takes one platform: several go into type=local");
    }
    if (output.type === "local") checkFolder(output.dest);
    else if ("dest" in output && output.dest !== undefined) {
      const { checkDestination } = await import("../terminal/save-stream.ts");
      await checkDestination(pathOf(output.dest));
    }
  }
  return outputs;
}

function checkFolder(dest: string): void {
  const isFolder = statSync(dest, { throwIfNoEntry: false })?.isDirectory() ?? true; // it is made
  if (!isFolder) throw new TdockError("invalid-argument", `--output type=local: ${dest} is a file, not a folder`);
}

/** The path of a destination; undefined for standard output. */
export function pathOf(dest: string): string | undefined {
  return dest === "-" ? undefined : dest;
}

/** `type=local,dest=PATH`, or a path alone, which is a folder; `-` is a tar archive on standard output. */
function readOutput(text: string): OutputRequest {
  if (text === "-") return { type: "tar", names: [], dest: "-" };
  if (!text.includes("=")) return { type: "local", names: [], dest: text };
  const { type, dest, destination, name, push, ...others } = Object.fromEntries(
    parseCsvLine(text).map((field) => splitPair(field)),
  ) as Readonly<Record<string, string | undefined>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TdockError("not-implemented", `--output ${text}: ${unknown} is not offered`);
  const names = name?.split(",") ?? [];
  return withType(text, { type, dest: dest ?? destination, names, push: push !== undefined && parseBool(push) });
}

interface Fields {
  readonly type: string | undefined;
  readonly dest: string | undefined;
  readonly names: readonly string[];
  readonly push: boolean;
}

function withType(text: string, { type, dest, names, push }: Fields): OutputRequest {
  switch (type) {
    case "image":
      return { type: push ? "registry" : "image", names };
    case "registry":
      return { type, names };
    case "docker":
      return { type, names, dest: dest || undefined };
    case "oci":
    case "local":
    case "tar":
      if (dest) return { type, names, dest };
      throw new TdockError("invalid-argument", `--output type=${type}: dest is required`);
    default:
      throw new TdockError("invalid-argument", `--output ${text}: unknown type ${JSON.stringify(type ?? "")}`);
  }
}
