import { imagePull } from "@tdock/api/images";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { encodeRequest } from "@tdock/api/request";
import { bodyOf } from "../client/reply-body.ts";
import { send } from "../client/send.ts";
import { defineCommand } from "../command.ts";
import { list, text } from "../flags/flag.ts";
import { familiarName, requireReference } from "../flags/reference.ts";
import { type JsonMessage, showProgress } from "../terminal/json-progress.ts";
import { openInput } from "../terminal/open-input.ts";

export const importImage = defineCommand({
  usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  operands: [1, 2],
  flags: {
    change: list("Apply Dockerfile instruction to the created image", { short: "c" }),
    message: text("Set commit message for imported image", { short: "m" }),
    platform: text("Set platform if server is multi-platform capable"),
  },
  async run(cli, { flags, args: [source = "", target] }) {
    const reference = target === undefined ? undefined : requireReference(target);
    const isUrl = /^https?:\/\//.test(source);
    const request = encodeRequest(imagePull, {
      fromSrc: isUrl ? source : "-",
      repo: reference && familiarName(reference),
      tag: reference && (reference.tag ?? "latest"),
      message: flags.message,
      changes: flags.change.length === 0 ? undefined : flags.change,
      platform: flags.platform,
    });
    // Pull and import are one endpoint; only the latter has a body.
    const reply = await send(cli.client, { ...request, body: isUrl ? undefined : await openInput(source) });
    await showProgress(cli.out, decodeJsonLines<JsonMessage>(bodyOf(reply)));
    return 0;
  },
});
