import { imagePin, imageUnpin } from "@tdock/api/images";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { eachTarget } from "./each-target.ts";

/** `pin` and `unpin`: of a name that name, of an ID all its names. */
function pinCommand(endpoint: typeof imagePin | typeof imageUnpin) {
  return defineCommand({
    usage: "IMAGE [IMAGE...]",
    operands: atLeastOne,
    flags: {},
    run(cli: Cli, { args }) {
      return eachTarget(cli, args, async (name) => {
        await call(cli.client, endpoint, { name });
        return name;
      });
    },
  });
}

export const pin = pinCommand(imagePin);
export const unpin = pinCommand(imageUnpin);
