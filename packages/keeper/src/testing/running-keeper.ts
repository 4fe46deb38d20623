import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectKeeper, type Keeper } from "../client.ts";
import type { LogTarget, OpenRequest } from "../protocol.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const launcher = new URL("../../bin/tdock-keeper", import.meta.url).pathname;

/** A keeper process of its own, with a client; both go when the test does. */
export class RunningKeeper implements AsyncDisposable {
  readonly folder: string;
  readonly client: Keeper;
  readonly #temporary = temporaryFolder();
  #process: ChildProcess;

  constructor() {
    this.folder = this.#temporary.path;
    this.#process = this.#spawn();
    this.client = connectKeeper({ socketPath: join(this.folder, "keeper.sock"), patienceMs: 20_000 });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    if (this.#process.signalCode === null) await once(this.#process, "exit");
  }

  restart(): void {
    this.#process = this.#spawn();
  }

  /** Paths of a container's FIFOs and log. */
  request(id: string, log: Partial<LogTarget> = {}): OpenRequest & { readonly stderrPath: string } {
    const fifos = join(this.folder, "fifos", id);
    return {
      id,
      stdoutPath: join(fifos, "stdout"),
      stderrPath: join(fifos, "stderr"),
      log: { driver: "local", path: join(this.folder, "logs", id, "container.log"), options: {}, ...log },
    };
  }

  /** Kibibytes of memory that only this process has. */
  ownMemoryKib(): number {
    const status = readFileSync(`/proc/${this.pid}/smaps_rollup`, "utf8");
    return Number(/Pss_Anon:\s+(\d+)/.exec(status)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.kill();
    this.#temporary[Symbol.dispose]();
  }

  #spawn(): ChildProcess {
    return spawn(launcher, ["--exec-root", this.folder], { stdio: ["ignore", "inherit", "inherit"] });
  }
}
