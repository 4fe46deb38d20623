import { defineCommand } from "../command.ts";
import { dockerHubKey } from "../credentials.ts";
import { eraseCredentials } from "../store-credentials.ts";

export const logout = defineCommand({
  usage: "[SERVER]",
  operands: [0, 1],
  flags: {},
  async run(cli, { args: [server] }) {
    const host = server?.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
    const keys =
      server === undefined || host === undefined ? [dockerHubKey] : [server, host, `http://${host}`, `https://${host}`];
    cli.out.print(`Removing login credentials for ${host ?? dockerHubKey}\n`);
    await eraseCredentials(cli, [...new Set(keys)]);
    return 0;
  },
});
