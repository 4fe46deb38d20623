/** Times the steps of one operation, in milliseconds with one decimal, for the debug log and the bench. */
export class Phases {
  readonly #marks: Record<string, number> = {};
  #last = performance.now();

  /** The time since the last mark belongs to `name`. */
  mark(name: string): void {
    const now = performance.now();
    this.#marks[name] = Math.round((now - this.#last) * 10) / 10;
    this.#last = now;
  }

  get all(): Readonly<Record<string, number>> {
    return this.#marks;
  }
}
