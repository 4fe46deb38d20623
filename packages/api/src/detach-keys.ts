import { TdockError } from "@tdock/errors/error";

const defaultKeys = "ctrl-p,ctrl-q";
const controlKeys = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

/**
 * Bytes of a key sequence such as `ctrl-p,ctrl-q`: single characters, or `ctrl-` with a letter or one of `@ [ \ ] ^ _`.
 * Throws `invalid-argument`.
 */
export function parseDetachKeys(keys: string | undefined): Uint8Array {
  return Uint8Array.from((keys || defaultKeys).split(",").map(byteOf));
}

function byteOf(key: string): number {
  const control = /^ctrl-(.)$/i.exec(key)?.[1]?.toLowerCase();
  const byte = control === undefined ? key.charCodeAt(0) : controlKeys.indexOf(control);
  if ((control === undefined ? key.length === 1 : true) && byte >= 0 && byte < 128) return byte;
  throw new TdockError("invalid-argument", `Invalid detach keys (${key.slice(0, 80)}) provided`);
}
