import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/errors/src/error.ts
var TdockError = class _TdockError extends Error {
  code;
  reason;
  constructor(code, message, options = {}) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.name = "TdockError";
    this.code = code;
    this.reason = options.reason;
  }
  /**
   * Anything that was caught, as a TdockError: itself if it is one; `canceled` for an abort;
   * `not-found`, `forbidden`, `unavailable` for the system errors that mean just that; else `internal`.
   */
  static from(thrown) {
    if (thrown instanceof _TdockError) return thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const code = codeOfSystemError(error);
    return new _TdockError(code, error.message, { cause: error });
  }
};
function isError(thrown, code, reason) {
  return thrown instanceof TdockError && thrown.code === code && (reason === void 0 || thrown.reason === reason);
}
var systemCodes = {
  ENOENT: "not-found",
  EACCES: "forbidden",
  EPERM: "forbidden",
  ECONNREFUSED: "unavailable",
  ECONNRESET: "unavailable",
  EPIPE: "unavailable",
  ETIMEDOUT: "unavailable",
  ABORT_ERR: "canceled"
};
function codeOfSystemError(error) {
  if (error.name === "AbortError") return "canceled";
  const code = error.code;
  return typeof code === "string" && Object.hasOwn(systemCodes, code) ? systemCodes[code] : "internal";
}

export {
  TdockError,
  isError
};
