import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * A process whose output goes to FIFOs as a container's does: beside it, a parent holds both ends of them open until
 * the process has ended, as containerd's shim does.
 */
export class ContainerProcess implements Disposable {
  readonly #shim: ChildProcess;
  readonly ended: Promise<number>;

  private constructor(shim: ChildProcess, ended: Promise<number>) {
    this.#shim = shim;
    this.ended = ended;
  }

  /** Runs shell text; resolves when the FIFOs are open. */
  static async start(
    fifos: { readonly stdoutPath: string; readonly stderrPath: string },
    script: string,
  ): Promise<ContainerProcess> {
    const holder = 'exec 3<>"$1" 4<>"$2"; echo open; exec >/dev/null; sh -c "$3" >&3 2>&4 3<&- 4<&-';
    const shim = spawn("sh", ["-c", holder, "shim", fifos.stdoutPath, fifos.stderrPath, script], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const ended = once(shim, "exit").then(([code]) => code as number);
    await once(shim.stdout, "data");
    return new ContainerProcess(shim, ended);
  }

  get hasEnded(): boolean {
    return this.#shim.exitCode !== null || this.#shim.signalCode !== null;
  }

  [Symbol.dispose](): void {
    if (!this.hasEnded) process.kill(-(this.#shim.pid as number), "SIGKILL");
  }
}
