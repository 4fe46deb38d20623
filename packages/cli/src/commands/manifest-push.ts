import { indexPush } from "@tdock/api/registry";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand, exactly } from "../command.ts";
import { registryAuthFor } from "../credentials.ts";
import { bool } from "../flags/flag.ts";
import { removeDraft, requireDraft } from "../manifest-drafts.ts";

export const manifestPush = defineCommand({
  usage: "[OPTIONS] MANIFEST_LIST",
  operands: exactly(1),
  flags: {
    insecure: bool("Ignored: registries without TLS are listed with the engine"),
    purge: bool("Remove the local manifest list after push", { short: "p" }),
  },
  async run(cli, { flags, args: [name = ""] }) {
    const manifests = [...(await requireDraft(cli, name))];
    const registryAuth = await registryAuthFor(cli, name);
    const { Digest } = await call(cli.client, indexPush, { name, registryAuth, body: { manifests } });
    if (flags.purge) await removeDraft(cli, name);
    cli.out.print(`${Digest}\n`);
    return 0;
  },
});

export const manifestRm = defineCommand({
  usage: "MANIFEST_LIST [MANIFEST_LIST...]",
  operands: atLeastOne,
  flags: {},
  async run(cli, { args }) {
    for (const name of args) await requireDraft(cli, name);
    for (const name of args) await removeDraft(cli, name);
    return 0;
  },
});
