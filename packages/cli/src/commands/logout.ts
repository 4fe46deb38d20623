import { defineCommand } from "../command.ts";
import { dockerHubKey, registryHost, registryKey } from "../credentials.ts";
import { eraseCredentials } from "../store-credentials.ts";

export const logout = defineCommand({
  usage: "[SERVER]",
  operands: [0, 1],
  flags: {},
  async run(cli, { args: [server] }) {
    cli.out.print(`Removing login credentials for ${server === undefined ? dockerHubKey : registryHost(server)}\n`);
    await eraseCredentials(cli, server === undefined ? [dockerHubKey] : keysOf(server));
    return 0;
  },
});

/** Every key under which this or another client may have kept them. */
function keysOf(server: string): string[] {
  const host = registryHost(server);
  return [...new Set([registryKey(host), server, host, `http://${host}`, `https://${host}`])];
}
