import { TdockError } from "@tdock/errors/error";

/**
 * The `platform` parameter of requests as text: clients send an OCI platform as JSON
 * (`{"os":"linux","architecture":"arm64"}`), older ones `linux/arm64`. Throws `invalid-argument`.
 */
export function requestedPlatform(text: string | undefined): string | undefined {
  if (text === undefined || text === "" || !text.startsWith("{")) return text || undefined;
  try {
    const { os, architecture, variant } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return [os, architecture, variant].filter((part) => typeof part === "string" && part !== "").join("/");
  } catch (cause) {
    throw new TdockError("invalid-argument", `invalid platform ${JSON.stringify(text.slice(0, 80))}`, { cause });
  }
}
