import { imageRemove } from "@tdock/api/images";
import { isError, TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { bool, list } from "../flags/flag.ts";
import { platformsJson } from "../flags/platform.ts";

export const rmi = defineCommand({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  operands: atLeastOne,
  flags: {
    force: bool("Force removal of the image", { short: "f" }),
    "no-prune": bool("Do not delete untagged parents"),
    platform: list("Remove only the given platform variant", { label: "strings" }),
  },
  /** One after another: removing an image may untag another of the list. */
  async run(cli, { flags, args }) {
    const errors: TdockError[] = [];
    for (const name of args) {
      try {
        const removed = await call(cli.client, imageRemove, {
          name,
          force: flags.force,
          noprune: flags["no-prune"],
          platforms: platformsJson(flags.platform),
        });
        for (const { Untagged, Deleted } of removed) {
          cli.out.print(Deleted ? `Deleted: ${Deleted}\n` : `Untagged: ${Untagged}\n`);
        }
      } catch (thrown) {
        errors.push(TdockError.from(thrown));
      }
    }
    for (const { message } of errors) cli.err.print(`${message}\n`);
    const counted = flags.force ? errors.filter((error) => !isError(error, "not-found")) : errors;
    return counted.length > 0 ? 1 : 0;
  },
});
