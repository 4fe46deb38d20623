import { imageTag } from "@tdock/api/images";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";
import { familiarName, type ImageReference, requireReference } from "../flags/reference.ts";

export const tag = defineCommand({
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  operands: exactly(2),
  flags: {},
  async run(cli, { args: [name = "", target = ""] }) {
    const reference = readTarget(target);
    if (reference.digest !== undefined) {
      throw new TdockError("invalid-argument", "refusing to create a tag with a digest reference");
    }
    await call(cli.client, imageTag, { name, repo: familiarName(reference), tag: reference.tag ?? "latest" });
    return 0;
  },
});

function readTarget(target: string): ImageReference {
  try {
    return requireReference(target);
  } catch (cause) {
    const message = `Error parsing reference: "${target}" is not a valid repository/tag: ${(cause as Error).message}`;
    throw new TdockError("invalid-argument", message, { cause });
  }
}
