import { type ErrorCode, TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import { printableUrl, type RegistryResponse, readBody } from "./exchange.ts";

const errorLimitBytes = 1024 * 1024;
const maxTextLength = 400;
const errorBody = v.object({
  errors: v.array(v.object({ code: v.optional(v.string()), message: v.optional(v.string()) })),
});

/** The error that a registry's failed answer stands for, with the registry's own words. Reads the body. */
export async function errorOfResponse(response: RegistryResponse): Promise<TdockError> {
  const body = await readBody(response, errorLimitBytes).catch(() => Buffer.alloc(0));
  const text = errorText(body) ?? `status ${response.status}`;
  const reason = response.status === 429 ? "rate-limited" : `status-${response.status}`;
  return new TdockError(codeOfStatus(response.status), `${printableUrl(response.url)}: ${text}`, { reason });
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  if (status === 408 || status === 429 || status >= 500) return "unavailable";
  return "invalid-argument";
}

/** `code: message` of the registry's first error, `denied: requested access to the resource is denied`. */
function errorText(body: Buffer): string | undefined {
  const text = body.toString("utf8");
  try {
    const [first] = v.parse(errorBody, JSON.parse(text)).errors;
    if (first !== undefined) {
      return printable([first.code?.toLowerCase().replaceAll("_", " "), first.message].filter(Boolean).join(": "));
    }
  } catch {
    // Not the distribution protocol's form: a proxy's page, or nothing.
  }
  return text.trim() === "" || text.trimStart().startsWith("<") ? undefined : printable(text.trim());
}

/** What a stranger wrote, without control characters and not too long, since terminals and logs show it. */
function printable(text: string): string {
  const clean = text.replace(/\p{Cc}+/gu, " ");
  return clean.length > maxTextLength ? `${clean.slice(0, maxTextLength)}…` : clean;
}
