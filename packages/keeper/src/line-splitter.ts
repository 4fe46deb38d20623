/** Cuts a byte stream into lines of UTF-8 text, each handed over without its newline. */
export class LineSplitter {
  readonly #take: (line: string) => void;
  #rest: Buffer[] = [];

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  push(bytes: Buffer): void {
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      this.#rest.push(bytes.subarray(from, end));
      const line = Buffer.concat(this.#rest).toString();
      this.#rest = [];
      from = end + 1;
      this.#take(line);
    }
    if (from < bytes.length) this.#rest.push(bytes.subarray(from));
  }
}
