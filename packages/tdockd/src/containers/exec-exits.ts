/**
 * Exit codes of execs, as containerd's events tell them: that is sooner than it answers who waits for one, and who
 * begins to wait after the start may find it there already.
 */
export class ExecExits {
  readonly #expected = new Map<string, PromiseWithResolvers<number>>();

  /** Resolves to the exit code of an exec that has not been started yet. Call `forget` when it is of no use any more. */
  expect(id: string): Promise<number> {
    const exit = this.#expected.get(id) ?? Promise.withResolvers<number>();
    this.#expected.set(id, exit);
    return exit.promise;
  }

  /** Does nothing when nobody expects it. */
  tell(id: string, exitCode: number): void {
    this.#expected.get(id)?.resolve(exitCode);
  }

  forget(id: string): void {
    this.#expected.delete(id);
  }
}
