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
    await call(cli.client, containerRename, { id, name });
    return 0;
  },
});
