/** Shorter ones are words like any other: output without them would be of no use, and tell what they are. */
const minLength = 4;
/** Longer lines are looked for in pieces: that much of the output is held back at most. */
const maxLength = 1024;
const mask = "****";

/**
 * Output on its way from a step that was given secrets: each line of a secret is replaced where the step prints it,
 * however the output is cut into pieces.
 */
export class SecretMask {
  private readonly patterns: readonly string[];
  private readonly sink: (bytes: Buffer) => Promise<void>;
  /** What may turn out to be the beginning of a secret. */
  private held = "";

  constructor(secrets: readonly Uint8Array[], sink: (bytes: Buffer) => Promise<void>) {
    const patterns = new Set(secrets.flatMap(patternsOf));
    this.patterns = [...patterns].sort((one, other) => other.length - one.length);
    this.sink = sink;
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.patterns.length === 0) return this.sink(bytes);
    const text = this.held + bytes.toString("latin1");
    const cut = this.cutOf(text);
    this.held = text.slice(cut);
    await this.hand(text.slice(0, cut));
  }

  /** Hands on what is still held, once no more comes. */
  async end(): Promise<void> {
    const text = this.held;
    this.held = "";
    await this.hand(text);
  }

  private async hand(text: string): Promise<void> {
    const masked = this.patterns.reduce((rest, pattern) => rest.replaceAll(pattern, mask), text);
    if (masked !== "") await this.sink(Buffer.from(masked, "latin1"));
  }

  /** Up to where the text can go: no secret begins before and ends, or may still end, behind it. */
  private cutOf(text: string): number {
    let cut = text.length - Math.max(...this.patterns.map((pattern) => begunLength(text, pattern)));
    for (let before = -1; before !== cut; ) {
      before = cut;
      for (const pattern of this.patterns) {
        const at = text.indexOf(pattern, Math.max(0, cut - pattern.length + 1));
        if (at !== -1 && at < cut) cut = at;
      }
    }
    return cut;
  }
}

/** The lines of a secret, one character a byte. */
function patternsOf(secret: Uint8Array): string[] {
  const lines = Buffer.from(secret).toString("latin1").split("\n");
  return lines.map((line) => line.trim()).flatMap((line) => (line.length < minLength ? [] : piecesOf(line)));
}

function piecesOf(line: string): string[] {
  const count = Math.ceil(line.length / maxLength);
  const length = Math.ceil(line.length / count);
  return Array.from({ length: count }, (_, index) => line.slice(index * length, (index + 1) * length));
}

/** How much of the text's end is the beginning, but not all, of a pattern. */
function begunLength(text: string, pattern: string): number {
  for (let length = Math.min(pattern.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(pattern.slice(0, length))) return length;
  }
  return 0;
}
