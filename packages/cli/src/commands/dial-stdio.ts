import { connectAddress } from "../client/client.ts";
import { Connection } from "../client/connection.ts";
import { connectError } from "../client/reply-error.ts";
import { defineCommand, none } from "../command.ts";
import { copyInput } from "../terminal/input.ts";
import { writeAll } from "../terminal/write-all.ts";

/**
 * Joins our standard input and output to a connection to the engine. Clients whose engine is named `ssh://` call it
 * on the engine's machine. It ends with the engine's half; that ours has ended is passed on. Follows docker/cli
 * `cli/command/system/dial_stdio.go`.
 */
export const dialStdio = defineCommand({
  usage: "",
  operands: none,
  flags: {},
  async run({ client }) {
    const socket = await Connection.open(connectAddress(client)).catch((thrown) => {
      throw connectError(client.host, thrown);
    });
    const output = socket.read((chunk) => writeAll(1, chunk));
    await Promise.race([output, copyInput(socket).then(() => output)]);
    return 0;
  },
});
