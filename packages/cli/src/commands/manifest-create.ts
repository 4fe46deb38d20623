import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { defineCommand } from "../command.ts";
import { bool } from "../flags/flag.ts";
import { canonicalReference, requireReference } from "../flags/reference.ts";
import { type DraftImage, draftName, readDraft, writeDraft } from "../manifest-drafts.ts";
import { fetchManifest } from "./registry-manifest.ts";

export const manifestCreate = defineCommand({
  usage: "MANIFEST_LIST MANIFEST [MANIFEST...]",
  operands: [2, Number.POSITIVE_INFINITY],
  flags: {
    amend: bool("Amend an existing manifest list", { short: "a" }),
    insecure: bool("Ignored: registries without TLS are listed with the engine"),
  },
  async run(cli, { flags, args: [list = "", ...names] }) {
    const before = await readDraft(cli, list);
    if (before !== undefined && !flags.amend) {
      throw new TdockError("conflict", "refusing to amend an existing manifest list with no --amend flag");
    }
    const added: DraftImage[] = [];
    for (const name of names) added.push(await draftImage(cli, name));
    const kept = (before ?? []).filter(({ from }) => !added.some((one) => one.from === from));
    await writeDraft(cli, list, [...kept, ...added]);
    cli.out.print(`Created manifest list ${draftName(list)}\n`);
    return 0;
  },
});

/** An image by the digest that its name has now. Throws `invalid-argument` when it is a list itself. */
async function draftImage(cli: Cli, name: string): Promise<DraftImage> {
  const { Descriptor, Platform } = await fetchManifest(cli, name);
  if (Platform === undefined) throw new TdockError("invalid-argument", `${name} is a manifest list`);
  const from = canonicalReference({ ...requireReference(name), tag: undefined, digest: Descriptor.digest });
  return { from, platform: Platform };
}
