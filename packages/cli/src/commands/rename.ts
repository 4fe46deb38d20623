import { containerRename } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";

export const rename = defineCommand({
  usage: "CONTAINER NEW_NAME",
  operands: exactly(2),
  flags: {},
  async run(cli, { args }) {
    const [id = "", name = ""] = args.map((arg) => arg.trim());
    if (id === "" || name === "") {
      throw new TdockError("invalid-argument", "Error: Neither old nor new names may be empty");
    }
    try {
      await call(cli.client, containerRename, { id, name });
      return 0;
    } catch (thrown) {
      cli.err.print(`${TdockError.from(thrown).message}\nError: failed to rename container named ${id}\n`);
      return 1;
    }
  },
});
