import { unescape as decode } from "node:querystring";

/** A text that may hold addresses, without what somebody would log in with at them. */
export function withoutLogins(text: string): string {
  return text.replace(/\b(https?:\/\/)[^/@\s]+@/gi, "$1");
}

/** What an address says to log in with, as an `Authorization` header. */
export function basicLogin({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString("base64")}`;
}

/** An address for a command line, which everybody sees, and what was taken from it. */
export interface PlainAddress {
  readonly address: string;
  readonly user: string;
  /** As git's store of credentials writes it; undefined where there was no login. */
  readonly credential: string | undefined;
}

export function takeLogin(text: string): PlainAddress {
  const [, scheme = "", login, rest = ""] = /^(https?:\/\/)([^/@]+)@(.*)$/i.exec(text) ?? [];
  if (login === undefined) return { address: text, user: "", credential: undefined };
  const [user = "", ...password] = login.split(":");
  const [host = ""] = rest.split(/[/?#]/);
  return { address: scheme + rest, user, credential: `${scheme}${user}:${password.join(":")}@${host}` };
}
