import { makeFolderInRoot, type PinnedPath } from "./path-in-root.ts";

/**
 * The folder that was asked for last, kept open: an archive lists the files of a folder one after another, and to find
 * it anew for each costs more than to write a small file.
 */
export class LastFolder implements Disposable {
  readonly #rootFd: number;
  #path = "";
  #folder: PinnedPath | undefined;

  /** `rootFd`: descriptor of the root that everything stays in. */
  constructor(rootFd: number) {
    this.#rootFd = rootFd;
  }

  /** As `makeFolderInRoot`, of a path in latin1, one char per byte; good until the next call. */
  open(path: string): PinnedPath {
    if (this.#folder !== undefined && this.#path === path) return this.#folder;
    this[Symbol.dispose]();
    this.#folder = makeFolderInRoot(this.#rootFd, Buffer.from(path, "latin1"));
    this.#path = path;
    return this.#folder;
  }

  /** To be called when a name was taken away: the path may have led through it. */
  distrust(): void {
    this.#path = "";
  }

  [Symbol.dispose](): void {
    this.#folder?.[Symbol.dispose]();
    this.#folder = undefined;
  }
}
