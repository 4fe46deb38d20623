import type { Cli } from "./cli.ts";
import type { Proxies } from "./config-file.ts";

const variables: Readonly<Record<keyof Proxies, string>> = {
  httpProxy: "HTTP_PROXY",
  httpsProxy: "HTTPS_PROXY",
  ftpProxy: "FTP_PROXY",
  noProxy: "NO_PROXY",
  allProxy: "ALL_PROXY",
};

/**
 * The proxy variables of what runs on our engine, each in capitals and in small letters: `config.json` names them for
 * the engine's address, else for `default` (docker/cli `ParseProxyConfig`).
 */
export function proxyVariables(cli: Pick<Cli, "client" | "config">): Readonly<Record<string, string>> {
  const { proxies } = cli.config;
  const chosen = proxies?.[cli.client.host.url] ?? proxies?.default ?? {};
  const found: Record<string, string> = {};
  for (const [member, variable] of Object.entries(variables)) {
    const value = chosen[member as keyof Proxies];
    if (!value) continue;
    found[variable] = value;
    found[variable.toLowerCase()] = value;
  }
  return found;
}
