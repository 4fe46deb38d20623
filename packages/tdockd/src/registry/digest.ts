import { createHash, type Hash } from "node:crypto";
import { TdockError } from "@tdock/errors/error";

const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/** Whether `text` is a digest this engine computes: sha256 or sha512, lower case, of exact length. */
export function isDigest(text: string): boolean {
  return text.length <= 135 && digestPattern.test(text);
}

/** `text` when it is a digest. Call before a digest becomes part of a URL or path. Throws `invalid-argument`. */
export function checkDigest(text: string): string {
  if (!isDigest(text)) throw new TdockError("invalid-argument", `invalid digest ${JSON.stringify(text.slice(0, 80))}`);
  return text;
}

/** The algorithm and the hex part of a valid digest. */
export function splitDigest(digest: string): { algorithm: "sha256" | "sha512"; hex: string } {
  const [algorithm, hex] = checkDigest(digest).split(":") as ["sha256" | "sha512", string];
  return { algorithm, hex };
}

/** A hash of the digest's own algorithm. */
export function hashFor(digest: string): Hash {
  return createHash(splitDigest(digest).algorithm);
}

/** The sha256 digest of some bytes. */
export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Whether the bytes are those that the digest names. */
export function matchesDigest(bytes: Uint8Array, digest: string): boolean {
  const { algorithm, hex } = splitDigest(digest);
  return createHash(algorithm).update(bytes).digest("hex") === hex;
}
