import { readFile } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";

const maxLinkHops = 8;

/** A file of an archive, on disk under a number, so that no name of the archive ever becomes a path here. */
export interface ArchiveMember {
  readonly path: string;
  readonly size: number;
  /** Digest of its bytes, computed as they came: `sha256:…`. */
  readonly digest: string;
}

/** An archive's files by their names in it, links inside it followed. */
export class ArchiveMembers {
  readonly #files = new Map<string, ArchiveMember>();
  readonly #links = new Map<string, string>();

  add(name: string, member: ArchiveMember): void {
    this.#files.set(name, member);
  }

  link(name: string, target: string): void {
    this.#links.set(name, target);
  }

  /** The file of a name, or undefined. A link that leads out of the archive leads nowhere. */
  find(name: string): ArchiveMember | undefined {
    let current = normalName(name);
    for (let hops = 0; hops < maxLinkHops && current !== undefined; hops += 1) {
      const file = this.#files.get(current);
      if (file !== undefined) return file;
      const target = this.#links.get(current);
      current = target === undefined ? undefined : normalName(target);
    }
    return undefined;
  }

  /** `find`, but throws `invalid-argument` when there is no such file. */
  get(name: string): ArchiveMember {
    const member = this.find(name);
    if (member !== undefined) return member;
    throw new TdockError("invalid-argument", `invalid archive: ${JSON.stringify(name.slice(0, 200))} is not in it`);
  }

  /** The bytes of a small file. Throws `invalid-argument` when it is missing or over `limitBytes`. */
  async read(name: string, limitBytes: number): Promise<Buffer> {
    const { path, size } = this.get(name);
    if (size > limitBytes) {
      throw new TdockError("invalid-argument", `invalid archive: ${name} is over ${limitBytes} bytes`);
    }
    return readFile(path);
  }
}

/** A name without `./`, doubled slashes and `..`; undefined when it leads out. */
export function normalName(name: string): string | undefined {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return name.startsWith("/") ? undefined : parts.join("/");
}
