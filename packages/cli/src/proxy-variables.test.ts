import { expect, it } from "vitest";
import { createClient } from "./client/client.ts";
import { parseHost } from "./client/host.ts";
import { proxyVariables } from "./proxy-variables.ts";

it.each([
  ["tcp://other:2375", { FTP_PROXY: "http://default", ftp_proxy: "http://default" }],
  ["tcp://own:2375", { ALL_PROXY: "socks5://own", all_proxy: "socks5://own" }],
])("gives what runs on %s its proxies: the engine's own, else the default ones", (host, variables) => {
  const proxies = { default: { ftpProxy: "http://default" }, "tcp://own:2375": { allProxy: "socks5://own" } };

  expect(proxyVariables({ config: { proxies }, client: createClient({ host: parseHost(host) }) })).toEqual(variables);
});
