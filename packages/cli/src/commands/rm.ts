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
    return eachTarget(cli, args, async (name) => {
      const id = name.replace(/^\/+|\/+$/g, "");
      if (id === "") throw new TdockError("invalid-argument", "container name cannot be empty");
      try {
        await call(cli.client, containerRemove, { id, force: flags.force, link: flags.link, v: flags.volumes });
        return name;
      } catch (thrown) {
        if (flags.force && isError(thrown, "not-found")) return undefined;
        throw thrown;
      }
    });
  },
});
