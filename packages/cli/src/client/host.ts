import { TdockError } from "@tdock/errors/error";

/** Where an engine listens. */
export type EngineHost =
  | { readonly kind: "unix"; readonly url: string; readonly path: string }
  | { readonly kind: "tcp"; readonly url: string; readonly hostname: string; readonly port: number };

export const defaultHost = "unix:///run/tdock/tdock.sock";

/**
 * Reads `unix:///path`, `unix://` (the default socket), `tcp://host[:port]`, `host:port` or an absolute path.
 * Throws `invalid-argument` in Docker's words, `not-implemented` for a transport that tdock does not have.
 */
export function parseHost(text: string): EngineHost {
  const url = text.startsWith("/") ? `unix://${text}` : text;
  const match = /^([a-z0-9+.-]+):\/\/(.*)$/i.exec(url);
  if (match === null) return parseTcp(`tcp://${url}`);
  const [, scheme, rest = ""] = match;
  if (scheme === "unix") {
    return rest === "" ? parseHost(defaultHost) : { kind: "unix", url, path: rest };
  }
  if (scheme === "tcp" || scheme === "http" || scheme === "https") return parseTcp(url);
  if (scheme === "ssh" || scheme === "npipe" || scheme === "fd") {
    throw new TdockError(
      "not-implemented",
      `engine address ${text}: ${scheme}:// is not supported; use unix:// or tcp://`,
    );
  }
  throw new TdockError("invalid-argument", `invalid bind address format: ${text}`);
}

function parseTcp(url: string): EngineHost {
  const match = /^\w+:\/\/(\[[0-9a-fA-F:.]+\]|[^:/]+)?(?::(\d{1,5}))?\/?$/.exec(url);
  const port = Number(match?.[2] ?? 2375);
  if (match === null || port > 65_535) throw new TdockError("invalid-argument", `invalid bind address format: ${url}`);
  return { kind: "tcp", url, hostname: (match[1] ?? "localhost").replace(/^\[|\]$/g, ""), port };
}
