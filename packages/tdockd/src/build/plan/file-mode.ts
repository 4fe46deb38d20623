import { TdockError } from "@tdock/errors/error";

/** Gives a file's new permission bits (07777) from its old ones. */
export type ModeChange = (mode: number, isFolder: boolean) => number;

/**
 * Reads `--chmod`: octal digits, or a symbolic mode as of chmod(1): `u=rwX,go=rX`, `+x`, `g+w,o-rwx`, `u+s`, `+t`.
 * Throws `invalid-argument`. Symbolic modes know no umask: `+x` is `a+x`, as in BuildKit.
 */
export function parseMode(text: string): ModeChange {
  if (/^[0-7]{1,5}$/.test(text) && Number.parseInt(text, 8) <= 0o7777) {
    const mode = Number.parseInt(text, 8);
    return () => mode;
  }
  if (/^[0-9]/.test(text)) {
    const problem = "it should be octal string and between 0 and 07777";
    throw new TdockError("invalid-argument", `invalid chmod parameter: '${text}'. ${problem}`);
  }
  const changes = text.split(",").map((clause) => parseClause(clause, text));
  return (mode, isFolder) => changes.reduce((result, change) => change(result, isFolder), mode);
}

const whoBits: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };
const all = 0o7777;

function parseClause(clause: string, text: string): ModeChange {
  const match = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause);
  if (match === null) throw new TdockError("invalid-argument", `invalid chmod parameter: '${text}'`);
  const mask = [...(match[1] ?? "")].reduce((bits, who) => bits | (whoBits[who] ?? 0), 0) || all;
  const actions = [...(match[2] ?? "").matchAll(/([-+=])([rwxXstugo]*)/g)];
  return (mode, isFolder) =>
    actions.reduce((result, [, operator = "", letters = ""]) => {
      const bits = bitsOf(letters, result, isFolder) & mask;
      if (operator === "+") return result | bits;
      if (operator === "-") return result & ~bits;
      const kept = isFolder ? 0o6000 : 0; // chmod keeps a folder's setuid and setgid unless named
      return (result & ~(mask & ~kept)) | bits;
    }, mode);
}

function bitsOf(letters: string, mode: number, isFolder: boolean): number {
  return [...letters].reduce((bits, letter) => bits | bitsOfLetter(letter, mode, isFolder), 0);
}

function bitsOfLetter(letter: string, mode: number, isFolder: boolean): number {
  switch (letter) {
    case "r":
      return 0o444;
    case "w":
      return 0o222;
    case "x":
      return 0o111;
    case "X":
      return isFolder || (mode & 0o111) !== 0 ? 0o111 : 0;
    case "s":
      return 0o6000;
    case "t":
      return 0o1000;
    case "u":
      return spread((mode >> 6) & 7);
    case "g":
      return spread((mode >> 3) & 7);
    default:
      return spread(mode & 7);
  }
}

function spread(bits: number): number {
  return bits * 0o111;
}
