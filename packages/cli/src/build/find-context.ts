import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { foreignDockerfile, type ListedFolder, listFolder } from "../context/list-folder.ts";
import { keptText, readStdinContext, readStdinDockerfile } from "./read-stdin.ts";

/** Where a build's files come from. */
export type FoundContext =
  /** A folder of this machine. */
  | {
      readonly kind: "folder";
      readonly folder: string;
      readonly name: string;
      readonly listed: ListedFolder;
      readonly dockerfile: string;
      /** What people know the Dockerfile by, where it is another name. */
      readonly dockerfileName?: string;
    }
  /** A tar archive on standard input. */
  | { readonly kind: "stdin"; readonly body: AsyncIterable<Uint8Array>; readonly dockerfile: string }
  /** Something that the engine fetches. */
  | { readonly kind: "remote"; readonly url: string; readonly dockerfile: string };

const remote = /^(?:https?|git|ssh):\/\/|^git@[^/:]+:|^github\.com\//;

/**
 * Finds out what the operand of `build` names. A Dockerfile outside the folder comes along under a name of its own.
 * Throws `not-found`, `invalid-argument` in Docker's words.
 */
export async function findContext(operand: string, file: string | undefined): Promise<FoundContext> {
  if (operand === "-") return stdinContext(file);
  if (remote.test(operand)) {
    return { kind: "remote", url: operand, dockerfile: file ?? "Dockerfile" };
  }
  return file === "-"
    ? folderContext(operand, await readStdinDockerfile(), "Dockerfile")
    : folderContext(operand, file);
}

async function stdinContext(file: string | undefined): Promise<FoundContext> {
  if (file === "-") {
    throw new TdockError("invalid-argument", "invalid argument: can't use stdin for both build context and dockerfile");
  }
  const found = await readStdinContext();
  if (found.kind === "dockerfile") return folderContext(found.folder, undefined);
  return { kind: "stdin", body: found.body, dockerfile: file ?? "Dockerfile" };
}

async function folderContext(operand: string, file: string | undefined, shown = file): Promise<FoundContext> {
  const folder = realFolder(operand);
  const name = `${hostname()}:${folder}`;
  const path = file === undefined ? join(folder, "Dockerfile") : realIfThere(resolve(file));
  const inside = relative(folder, path);
  if (!inside.startsWith("..") && !isAbsolute(inside)) {
    return { kind: "folder", folder, name, listed: await listFolder(folder, inside), dockerfile: inside };
  }
  if (!existsSync(path)) {
    throw new TdockError("not-found", `unable to prepare context: the Dockerfile ${path} was not found`);
  }
  return {
    kind: "folder",
    folder,
    name,
    listed: await listFolder(folder, foreignDockerfile, outsideFiles(path)),
    dockerfile: foreignDockerfile,
    ...(shown !== undefined && { dockerfileName: shown }),
  };
}

/** The Dockerfile and its own ignore file, links followed; what is no file (`-f <(generate)`) is read into one. */
function outsideFiles(dockerfile: string): ReadonlyMap<string, string> {
  const file = statSync(dockerfile).isFile() ? realpathSync(dockerfile) : keptText(readFileSync(dockerfile));
  const ignore = `${dockerfile}.dockerignore`;
  return new Map([
    [foreignDockerfile, file],
    ...(existsSync(ignore) ? [[`${foreignDockerfile}.dockerignore`, realpathSync(ignore)] as const] : []),
  ]);
}

function realFolder(operand: string): string {
  try {
    const folder = realpathSync(operand);
    if (statSync(folder).isDirectory()) return folder;
  } catch (cause) {
    throw new TdockError("not-found", `unable to prepare context: path "${operand}" not found`, { cause });
  }
  throw new TdockError("invalid-argument", `unable to prepare context: path "${operand}" is no folder`);
}

/** The file itself may be a link out of the folder: only its folder is resolved. */
function realIfThere(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}
