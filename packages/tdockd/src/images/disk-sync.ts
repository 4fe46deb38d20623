import { syncFileSystem } from "../host/sync-file-system.ts";

/**
 * Brings a file system's changes to the disk. containerd does not sync what was unpacked, so after a power cut an image
 * could be listed whose files are empty.
 */
export class DiskSync {
  readonly #folder: string;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** Whether all that was touched is on the disk, or will be by the sync that runs. What an earlier tdockd did is not known. */
  #isSettled = false;

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

  /** Says that something that an image needs has just been written. */
  touch(): void {
    this.#isSettled = false;
  }

  /** Whether everything that an image needs is on the disk. */
  get isSettled(): boolean {
    return this.#isSettled && this.#running === undefined;
  }

  /** As `flush`; where nothing was touched since, there is nothing to wait for but the sync that runs. */
  settle(): Promise<void> {
    return this.#isSettled ? (this.#running ?? Promise.resolve()) : this.flush();
  }

  #start(): Promise<void> {
    this.#next = undefined;
    this.#isSettled = true;
    const running = syncFileSystem(this.#folder);
    this.#running = running;
    const forget = () => {
      if (this.#running === running) this.#running = undefined;
    };
    running.then(forget, () => {
      this.#isSettled = false;
      forget();
    });
    return running;
  }
}
