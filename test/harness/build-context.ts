import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { shortName } from "./scratch.ts";
import type { Suite } from "./suite.ts";

/** Writes a context folder with these files; `BASE` in them is the suite's busybox. */
export async function buildContext(
  { tdockd, busybox }: Pick<Suite, "tdockd" | "busybox">,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(tdockd.layout.root, `context-${shortName()}`);
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text.replaceAll("BASE", busybox));
  }
  return folder;
}
