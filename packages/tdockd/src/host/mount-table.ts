import { readFileSync } from "node:fs";

/** One line of /proc/self/mountinfo (proc(5)). */
export interface MountEntry {
  readonly id: number;
  readonly parentId: number;
  /** Path inside the file system that is mounted, e.g. `/` or the source folder of a bind. */
  readonly root: string;
  readonly target: string;
  readonly options: readonly string[];
  /** `shared`, `slave`, `private`; a mount may be both shared and slave, then `shared` is told. */
  readonly propagation: "shared" | "slave" | "private" | "unbindable";
  readonly fileSystem: string;
  readonly source: string;
}

/** The mounts of this process's namespace, in the order they were made. */
export function readMountTable(): MountEntry[] {
  return parseMountTable(readFileSync("/proc/self/mountinfo", "utf8"));
}

/** Lines that do not have the format of mountinfo are left out. */
export function parseMountTable(text: string): MountEntry[] {
  return text.split("\n").flatMap((line) => parseLine(line) ?? []);
}

/** The mounts at or below `folder`, deepest first: the order to unmount them in. */
export function mountsUnder(folder: string, table: readonly MountEntry[] = readMountTable()): MountEntry[] {
  return table.filter(({ target }) => target === folder || target.startsWith(`${folder}/`)).reverse();
}

/** The mount that a path, without links in it, lies on. */
export function mountAt(path: string, table: readonly MountEntry[] = readMountTable()): MountEntry | undefined {
  const around = table.filter(({ target }) => target === "/" || target === path || path.startsWith(`${target}/`));
  // Of several at one place the last one hides the others.
  return around.reduce<MountEntry | undefined>(
    (best, one) => (best === undefined || one.target.length >= best.target.length ? one : best),
    undefined,
  );
}

function parseLine(line: string): MountEntry | undefined {
  const [head = "", tail = ""] = line.split(" - ");
  const [id, parentId, , root, target, options, ...optional] = head.split(" ");
  const [fileSystem, source] = tail.split(" ");
  if (root === undefined || target === undefined || options === undefined || fileSystem === undefined) return undefined;
  return {
    id: Number(id),
    parentId: Number(parentId),
    root: unescapePath(root),
    target: unescapePath(target),
    options: options.split(","),
    propagation: propagationOf(optional),
    fileSystem,
    source: unescapePath(source ?? ""),
  };
}

function propagationOf(fields: readonly string[]): MountEntry["propagation"] {
  if (fields.some((field) => field.startsWith("shared:"))) return "shared";
  if (fields.some((field) => field.startsWith("master:"))) return "slave";
  return fields.includes("unbindable") ? "unbindable" : "private";
}

/** The kernel writes blanks, tabs, newlines, backslashes and `#` as `\` and three octal digits. */
function unescapePath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
