import { TdockError } from "@tdock/errors/error";

/** Throws `invalid-argument` unless `upgrade`, a header of that name, asks for HTTP/2. */
export function requireHttp2(upgrade: string | undefined): void {
  if (upgrade?.toLowerCase() === "h2c") return;
  throw new TdockError("invalid-argument", `served over an upgrade to h2c, not ${upgrade || "without one"}`);
}
