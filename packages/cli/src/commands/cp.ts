import { TdockError } from "@tdock/errors/error";
import { defineCommand, exactly } from "../command.ts";
import { bool } from "../flags/flag.ts";
import { humanSize } from "../terminal/human.ts";

export interface CopyOptions {
  readonly archive: boolean;
  readonly followLink: boolean;
}

export const cp = defineCommand({
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\ttdock cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  operands: exactly(2),
  flags: {
    archive: bool("Archive mode (copy all uid/gid information)", { short: "a" }),
    "follow-link": bool("Always follow symbol link in SRC_PATH", { short: "L" }),
    quiet: bool(
      "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
      { short: "q" },
    ),
  },
  async run(cli, { flags, args: [from = "", to = ""] }) {
    if (from === "") throw new TdockError("invalid-argument", "source can not be empty");
    if (to === "") throw new TdockError("invalid-argument", "destination can not be empty");
    const [source, target] = [splitPath(from), splitPath(to)];
    const options = { archive: flags.archive, followLink: flags["follow-link"] };
    if (source.id !== undefined && target.id !== undefined) {
      throw new TdockError("invalid-argument", "copying between containers is not supported");
    }
    if (source.id !== undefined && from === `${source.id}:`) throw emptyPath(from);
    if (target.id !== undefined && to === `${target.id}:`) throw emptyPath(to);
    if (source.id === undefined && target.id === undefined) {
      throw new TdockError("invalid-argument", "must specify at least one container source");
    }
    const size =
      source.id !== undefined
        ? await (await import("./copy-out.ts")).copyOut(cli, { id: source.id, path: source.path }, to, options)
        : await (await import("./copy-in.ts")).copyIn(cli, from, { id: target.id ?? "", path: target.path }, options);
    const isQuiet = flags.quiet || !cli.err.isTerminal;
    if (!isQuiet && to !== "-") cli.err.print(`Successfully copied ${humanSize(size, 3)} to ${to}\n`);
    return 0;
  },
});

/** A root that nobody named is not copied over by mistake. */
function emptyPath(text: string): TdockError {
  return new TdockError("invalid-argument", `path in the container cannot be empty: "${text}"`);
}

/** `CONTAINER:PATH`; a path that starts with a slash or a dot is ours even with a colon in it. */
function splitPath(text: string): { id: string | undefined; path: string } {
  const colon = text.indexOf(":");
  if (colon <= 0 || text.startsWith("/") || text.startsWith(".")) return { id: undefined, path: text };
  // Paths in a container are relative to its root.
  return { id: text.slice(0, colon), path: `/${text.slice(colon + 1)}`.replace(/^\/\/+/, "/") };
}
