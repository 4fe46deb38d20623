import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";

/** A file that will hold a container's id. Disposing of it before that removes it again. */
export interface IdFile extends Disposable {
  write(id: string): void;
}

const noFile: IdFile = { write: () => {}, [Symbol.dispose]: () => {} };

/** Makes the file of `--cidfile`; it must not exist, so that no other container's id is lost. Throws `conflict`. */
export function writeIdFile(path: string | undefined): IdFile {
  if (path === undefined || path === "") return noFile;
  const descriptor = openNew(path);
  let written = false;
  return {
    write(id) {
      writeSync(descriptor, id);
      written = true;
    },
    [Symbol.dispose]() {
      closeSync(descriptor);
      if (!written) rmSync(path, { force: true });
    },
  };
}

function openNew(path: string): number {
  try {
    return openSync(path, "wx", 0o666);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "EEXIST")
      throw new TdockError("not-found", `failed to create the container ID file: ${message}`, { cause });
    const hint = `make sure the other container isn't running or delete ${path}`;
    throw new TdockError("conflict", `container ID file found, ${hint}`, { cause });
  }
}
