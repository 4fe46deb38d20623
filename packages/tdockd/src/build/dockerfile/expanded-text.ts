import { TdockError } from "@tdock/errors/error";

/** A result longer than this is an error: `A=$A$A` doubles with every line. */
const maxLength = 1024 * 1024;

/** The result of an expansion so far, as one value and as words. Throws `invalid-argument` when it grows too long. */
export class ExpandedText {
  value = "";
  readonly words: string[] = [];
  private word = "";

  /** Adds characters that no white space among them splits. */
  solid(text: string): void {
    this.value += text;
    this.word += text;
    checkLength(this.value);
  }

  /** Adds characters whose white space ends a word. */
  loose(text: string): void {
    this.value += text;
    checkLength(this.value);
    const [first = "", ...more] = text.split(/\s+/);
    this.word += first;
    for (const part of more) {
      this.finish();
      this.word = part;
    }
  }

  finish(): this {
    if (this.word !== "") this.words.push(this.word);
    this.word = "";
    return this;
  }
}

/** Throws `invalid-argument` for a text that is too long. */
export function checkLength(value: string): void {
  if (value.length > maxLength)
    throw new TdockError("invalid-argument", `the expanded text is longer than ${maxLength} characters`);
}
