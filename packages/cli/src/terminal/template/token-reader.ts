import { type Position, parseError } from "./error.ts";
import { columnAt, lineAt, type Token, type TokenKind } from "./lex.ts";
import { unquote } from "./unquote.ts";

/** Walks over the tokens of a template. "Significant" tokens are all but white space. */
export class TokenReader {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  next(): Token {
    const token = this.peek();
    this.#index++;
    return token;
  }

  peek(): Token {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)] as Token;
  }

  nextSignificant(): Token {
    this.skipSpace();
    return this.next();
  }

  peekSignificant(): Token {
    this.skipSpace();
    return this.peek();
  }

  skipSpace(): void {
    while (this.peek().kind === "space") this.#index++;
  }

  /** The word that the action at hand starts with. */
  peekKeyword(): string | undefined {
    const token = this.peekSignificant();
    return token.kind === "identifier" ? token.text : undefined;
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.nextSignificant();
    if (token.kind !== kind) throw this.unexpected(token, context);
    return token;
  }

  expectString(context: string): string {
    return this.literal(this.expect("string", context));
  }

  /** The text that a string or character constant stands for. */
  literal(token: Token): string {
    const text = unquote(token.text);
    if (text === undefined) throw parseError(this.line(token), "invalid syntax");
    return text;
  }

  /** Steps over `}}` if it is next. */
  skipClose(): boolean {
    if (this.peekSignificant().kind !== "close") return false;
    this.next();
    return true;
  }

  /** Reads `$x :=` or `$x, $y :=` (or `=`) if that is what comes; else stays where it is. */
  matchAssignment(most: number): { variables: string[]; assigns: "declare" | "assign" } | undefined {
    const start = this.#index;
    const variables: string[] = [];
    while (variables.length < most && this.peekSignificant().kind === "variable") {
      variables.push(this.next().text);
      const { kind } = this.peekSignificant();
      if (kind === "declare" || kind === "assign") {
        this.next();
        return { variables, assigns: kind };
      }
      if (kind !== "comma") break;
      this.next();
    }
    this.#index = start;
    return undefined;
  }

  unexpected(token: Token, context: string) {
    const shown = token.kind === "end-of-file" ? "EOF" : token.kind === "close" ? '"}}"' : JSON.stringify(token.text);
    return parseError(this.line(token), `unexpected ${shown === "EOF" ? shown : `${shown} in ${context}`}`);
  }

  line(token: Token = this.peek()): number {
    return lineAt(this.#source, token.at);
  }

  /** Position of the token just read; `text` is what error messages show. */
  position(text: string, token: Token = this.#tokens[this.#index - 1] as Token): Position {
    return { line: this.line(token), column: columnAt(this.#source, token.at), text };
  }

  /** The source from a token to where the reader stands. */
  textFrom(token: Token): string {
    return this.#source.slice(token.at, this.peek().at).trimEnd();
  }
}
