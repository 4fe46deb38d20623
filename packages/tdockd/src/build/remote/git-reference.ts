import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { withoutLogins } from "./url-login.ts";

/** A place in a git repository. */
export interface GitReference {
  readonly remote: string;
  /** Branch, tag or commit; empty for the default branch. */
  readonly ref: string;
  /** Folder inside, without slashes at its ends; empty for the root. */
  readonly folder: string;
}

/** Whether a context or source means a git repository: by scheme, by `git@host:`, or an http URL that ends in .git. */
export function isGitReference(text: string): boolean {
  if (/^(?:git|ssh):\/\//.test(text) || /^git@[^/:]+:/.test(text)) return true;
  return /^https?:\/\/[^?#]+\.git(?:[?#]|$)/.test(text);
}

/** A context's address in full: `github.com/owner/name` is a repository, as Docker's clients write it. */
export function contextAddress(text: string): string {
  return text.replace(/^github\.com\/([^#]*?)(?:\.git)?(#.*)?$/, "https://github.com/$1.git$2");
}

/**
 * Reads `URL#ref:folder`. Throws `invalid-argument` for a ref or remote that a program could take for a flag,
 * and for a folder outside the repository.
 */
export function parseGitReference(text: string): GitReference {
  const hash = text.indexOf("#");
  const remote = hash === -1 ? text : text.slice(0, hash);
  const fragment = hash === -1 ? "" : text.slice(hash + 1);
  const colon = fragment.indexOf(":");
  const ref = colon === -1 ? fragment : fragment.slice(0, colon);
  const folder = colon === -1 ? "" : fragment.slice(colon + 1);
  if (remote.startsWith("-") || !/^[\w./@-]*$/.test(ref) || ref.startsWith("-") || ref.includes("..")) {
    throw new TdockError("invalid-argument", `invalid git reference: ${withoutLogins(text)}`);
  }
  const clean = posix.normalize(folder || ".").replace(/^\/+|\/+$/g, "");
  if (clean.split("/").includes("..")) {
    throw new TdockError("invalid-argument", `the folder of a git reference must be inside it: ${folder}`);
  }
  return { remote, ref, folder: clean === "." ? "" : clean };
}
