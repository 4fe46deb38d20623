import { type Header, pack } from "tar-stream";

/** One entry of a layer, with the fields of a tar header. `body` is the content of a file. Names go out as given. */
export interface TarEntry extends Partial<Omit<Header, "size">> {
  readonly name: string;
  readonly body?: string | Uint8Array;
}

const fixedTime = new Date("2024-01-01T00:00:00Z");

/** A tar archive of `entries`, in order. The same entries give the same bytes. */
export async function tarOf(entries: Iterable<TarEntry>): Promise<Buffer> {
  const archive = pack();
  const chunks = Array.fromAsync(archive as AsyncIterable<Uint8Array>);
  for (const { body, ...header } of entries) {
    archive.entry({ mtime: fixedTime, mode: defaultMode(header), ...header }, Buffer.from(body ?? ""));
  }
  archive.finalize();
  return Buffer.concat(await chunks);
}

function defaultMode({ type }: Partial<Header>): number {
  return type === "directory" ? 0o755 : type === "symlink" ? 0o777 : 0o644;
}

/** A regular file. */
export function file(name: string, body: string | Uint8Array, mode = 0o644): TarEntry {
  return { name, body, mode };
}

/** A folder. */
export function directory(name: string, mode = 0o755): TarEntry {
  return { name, type: "directory", mode };
}

/** A symbolic link at `name` that says `linkname`. */
export function symlink(name: string, linkname: string): TarEntry {
  return { name, type: "symlink", linkname };
}

/** A second name for the file at `linkname`. Its mode becomes that of the file, whichever name it is reached by. */
export function hardlink(name: string, linkname: string, mode = 0o644): TarEntry {
  return { name, type: "link", linkname, mode };
}
