import { lstatSync, readdirSync } from "node:fs";
import { findListingFormat } from "@tdock/api/context-listing";
import { replacement } from "@tdock/api/name-text";
import { bun } from "../client/bun.ts";

/**
 * Lists a folder with GNU find, several times faster than Node can. `undefined` where there is none, or it met an error.
 * A folder of many packages is shared by two that run at once, and comes last. What lies in a folder is told in one
 * piece, by which the engine knows it again.
 */
export async function listWithFind(folder: string): Promise<Buffer | undefined> {
  try {
    const large = largeFolder(folder);
    const texts = await Promise.all(
      large === undefined
        ? [find(folder, ["-printf", findListingFormat])]
        : [find(folder, allBut(large)), ...halves.map((half) => find(`${folder}/${large}`, halfOf(large, half)))],
    );
    return Buffer.concat(texts);
  } catch {
    return undefined;
  }
}

/** Two processes are started for it. */
const fewestFolders = 100;

/** The one with the most folders in it, if they are many. Where file systems do not count them there is none. */
function largeFolder(folder: string): string | undefined {
  const [largest] = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.includes(replacement))
    .map(({ name }) => ({ name, links: lstatSync(`${folder}/${name}`).nlink }))
    .sort((one, other) => other.links - one.links);
  return largest !== undefined && largest.links > fewestFolders ? largest.name : undefined;
}

/** All that a name may end with, and all else. */
const halves = ["[02468bdfhjlnprtvxzBDFHJLNPRTVXZ]", "[^02468bdfhjlnprtvxzBDFHJLNPRTVXZ]"];

function allBut(large: string): string[] {
  return ["-printf", findListingFormat, "-path", `./${large.replace(/[\\*?[\]]/g, "\\$&")}`, "-prune"];
}

function halfOf(large: string, otherHalf: string): string[] {
  const path = large.replaceAll("\\", "\\\\").replaceAll("%", "%%");
  const format = findListingFormat.replace("%P", () => `${path}/%P`);
  return ["-regex", `\\./[^/]*${otherHalf}`, "-prune", "-o", "-printf", format];
}

async function find(folder: string, expression: readonly string[]): Promise<Uint8Array> {
  const { stdout, exited } = bun.spawn(["find", ".", "-mindepth", "1", ...expression], {
    cwd: folder,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    // In other locales bytes that are no text match nothing.
    env: { ...process.env, LC_ALL: "C" },
  });
  const text = await new Response(stdout).bytes();
  if ((await exited) !== 0) throw new Error(`${folder} cannot be listed`);
  return text;
}
