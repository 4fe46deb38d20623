import type { imageBuild } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";

/**
 * What becomes of what was built: an image, nothing but what is cached; for the session's client an image in an archive,
 * an archive of the files, or the files. Of `image-or-archive` it is the archive where the client takes one.
 */
export type BuildResult = "image" | "cache" | "image-archive" | "image-or-archive" | "archive" | "files";

export interface BuildOutput {
  readonly result: BuildResult;
  /** Names for the image beside those of the request. */
  readonly names: readonly string[];
}

const results: Readonly<Record<string, BuildResult>> = {
  moby: "image",
  image: "image",
  docker: "image-or-archive",
  cacheonly: "cache",
  oci: "image-archive",
  tar: "archive",
  local: "files",
};

const isKeptHere: ReadonlySet<string> = new Set(["moby", "image", "docker"]);

/** Attributes of an output that would change the result, and cannot. */
const missing = /^(annotation.*|compression.*|force-compression|push-by-digest)$/;

/**
 * Reads `outputs`: BuildKit's clients take results themselves, over their session; all others have none. Throws
 * `invalid-argument`, and `not-implemented` for what is not offered.
 */
export function readOutput(
  { outputs, session }: Pick<Input<typeof imageBuild>, "outputs" | "session">,
  platforms: number,
): BuildOutput {
  if (!Array.isArray(outputs) || outputs.length === 0) return { result: "image", names: [] };
  if (outputs.length > 1) throw new TdockError("not-implemented", "a build has one output, not several");
  const { Type, Attrs } = (outputs[0] ?? {}) as { Type?: unknown; Attrs?: unknown };
  const type = String(Type);
  const result = Object.hasOwn(results, type) ? results[type] : undefined;
  if (result === undefined) throw new TdockError("not-implemented", `outputs: ${type} is not offered`);
  if (platforms > 1 && (result === "archive" || result === "files"))
    throw new TdockError("not-implemented", `outputs: ${type} is of one platform, not of several`);
  const names = namesOf(type, attributesOf(Attrs));
  if (session || result === "image" || result === "cache") return { result, names };
  if (result === "image-or-archive") return { result: "image", names };
  throw new TdockError("invalid-argument", `outputs: ${type} needs a session to send it over`);
}

function attributesOf(value: unknown): ReadonlyMap<string, string> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map(entries.map(([name, text]) => [name, String(text)]));
}

function namesOf(type: string, attributes: ReadonlyMap<string, string>): string[] {
  for (const [name, value] of attributes) {
    // Clients that ask for `moby` push the image themselves when it is built.
    if (name === "push" && type !== "moby" && value !== "false")
      throw new TdockError("not-implemented", "images are pushed with a request of its own, not by the build");
    // Clients may say here, too, where they put what they take.
    if (missing.test(name) || (name === "dest" && isKeptHere.has(type)) || (name === "tar" && value === "false"))
      throw new TdockError("not-implemented", `outputs: ${name}=${value} is not offered`);
  }
  return attributes.get("name")?.split(",") ?? [];
}
