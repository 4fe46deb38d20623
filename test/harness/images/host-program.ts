import { readFile } from "node:fs/promises";
import { mustRun } from "../program.ts";
import { file, type TarEntry } from "./tar-layer.ts";

/** A program of this machine with the libraries that it loads, each at its place, for an image that lacks a C library. */
export async function hostProgramEntries(program: string): Promise<TarEntry[]> {
  const libraries = [...(await mustRun("ldd", [program])).matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  return await Promise.all(
    [program, ...libraries].map(async (path) => file(path.slice(1), await readFile(path), 0o755)),
  );
}
