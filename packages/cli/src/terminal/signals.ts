/** Signals that mean something to ourselves, or that cannot be caught; SIGPOLL is another name of SIGIO. */
const kept = new Set([
  "SIGKILL",
  "SIGSTOP",
  "SIGCHLD",
  "SIGPIPE",
  "SIGURG",
  "SIGWINCH",
  "SIGPROF",
  "SIGTTIN",
  "SIGTTOU",
  "SIGTSTP",
  "SIGCONT",
  "SIGPOLL",
]);

/** Signals that the kernel raises for a fault of the process itself; node cannot hand those on. */
const faults = new Set([
  "SIGSEGV",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGIOT",
  "SIGSYS",
  "SIGVTALRM",
]);

/** Calls `forward` for each signal that a container's process should get instead of us. Dispose of it to stop. */
export class SignalProxy implements Disposable {
  readonly #handlers = new Map<NodeJS.Signals, () => void>();

  constructor(forward: (signal: NodeJS.Signals) => void) {
    const { signals } = process.getBuiltinModule("node:os").constants;
    for (const name of Object.keys(signals) as NodeJS.Signals[]) {
      if (kept.has(name) || faults.has(name)) continue;
      const handler = (): void => forward(name);
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  [Symbol.dispose](): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }
}
