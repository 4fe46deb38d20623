import { syncFileSystem } from "../host/sync-file-system.ts";

/**
 * Brings a file system's changes to the disk. containerd does not sync what was unpacked, so after a power cut an image
 * could be listed whose files are empty.
 */
export class DiskSync {
  readonly #folder: string;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `folder` is any folder on the file system. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves when everything written before the call is on the disk. Calls that come meanwhile share one sync. */
  flush(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.catch(() => undefined).then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const running = syncFileSystem(this.#folder);
    this.#running = running;
    const forget = () => {
      if (this.#running === running) this.#running = undefined;
    };
    running.then(forget, forget);
    return running;
  }
}
