/** What every kind of entry has. `mode` is the permission bits (07777), `mtime` seconds since 1970. */
interface EntryBase {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
}

export interface FileEntry extends EntryBase {
  readonly kind: "file";
  readonly size: number;
  /** SHA-256 of the bytes in hex; `undefined` while nobody has read them. */
  readonly digest: string | undefined;
  /** Where the bytes lie: a path that is trusted, or a descriptor's. As all names here, to be told to the kernel by `diskName`. */
  readonly content: string;
  /** The same for all names of one file in a tree; `undefined` for a file with a single name. */
  readonly inode?: string | undefined;
  /** Bytes of `security.capability`, when the file has it. */
  readonly capability?: Uint8Array | undefined;
}

export interface FolderEntry extends EntryBase {
  readonly kind: "folder";
}

export interface LinkEntry extends EntryBase {
  readonly kind: "link";
  /** What the symbolic link says, any text. */
  readonly target: string;
}

export interface DeviceEntry extends EntryBase {
  readonly kind: "fifo" | "char" | "block";
  readonly major: number;
  readonly minor: number;
}

export type TreeEntry = FileEntry | FolderEntry | LinkEntry | DeviceEntry;

/** What COPY reads from: a context in memory, or a root on disk. Paths are relative and clean, the root is "". */
export interface SourceTree {
  /** Whether the digests of all its files are known. */
  readonly isHashed: boolean;
  /** The entry itself, never what a link leads to. Its parents must be folders. */
  get(path: string): TreeEntry | undefined;
  /** Names in a folder, sorted. */
  list(folder: string): readonly string[];
  /** What is in a folder, sorted by name. */
  children(folder: string): Iterable<readonly [name: string, entry: TreeEntry]>;
}
