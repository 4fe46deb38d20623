/** Names of snapshots, each for as long as somebody that added it has not deleted it again. */
export class BusySnapshots implements Iterable<string> {
  private readonly users = new Map<string, number>();

  get size(): number {
    return this.users.size;
  }

  add(snapshot: string): void {
    this.users.set(snapshot, (this.users.get(snapshot) ?? 0) + 1);
  }

  delete(snapshot: string): void {
    const others = (this.users.get(snapshot) ?? 0) - 1;
    if (others > 0) this.users.set(snapshot, others);
    else this.users.delete(snapshot);
  }

  has(snapshot: string): boolean {
    return this.users.has(snapshot);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.users.keys();
  }
}
