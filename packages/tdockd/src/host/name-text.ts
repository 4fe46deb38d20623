import { readdirSync, readlinkSync } from "node:fs";
import { diskName, nameText, replacement } from "@tdock/api/name-text";

/** The names in a folder, as text that {@link diskName} makes names again. */
export function namesIn(folder: string): string[] {
  const path = diskName(folder);
  const names = readdirSync(path);
  if (!names.some((name) => name.includes(replacement))) return names;
  return readdirSync(path, { encoding: "buffer" }).map(nameText);
}

/** What a symbolic link says, as such text. */
export function linkTextOf(link: string): string {
  const path = diskName(link);
  const target = readlinkSync(path);
  return target.includes(replacement) ? nameText(readlinkSync(path, { encoding: "buffer" })) : target;
}
