import { containerRemove } from "@tdock/api/containers";
import { isError, TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { bool } from "../flags/flag.ts";
import { eachTarget } from "./each-target.ts";

export const rm = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    force: bool("Force the removal of a running container (uses SIGKILL)", { short: "f" }),
    link: bool("Remove the specified link", { short: "l" }),
    volumes: bool("Remove anonymous volumes associated with the container", { short: "v" }),
  },
  run(cli, { flags, args }) {
    const remove = async (name: string) => {
      const id = name.replace(/^\/+|\/+$/g, "");
      if (id === "") throw new TdockError("invalid-argument", "container name cannot be empty");
      await call(cli.client, containerRemove, { id, force: flags.force, link: flags.link, v: flags.volumes });
      return name;
    };
    return eachTarget(cli, args, remove, (error) => flags.force === true && isError(error, "not-found"));
  },
});
