import { TdockError } from "@tdock/errors/error";
import { defineCommand } from "../command.ts";
import { bool } from "../flags/flag.ts";
import { canonicalReference, requireReference } from "../flags/reference.ts";
import { readDraft, requireDraft } from "../manifest-drafts.ts";
import { fetchManifest } from "./registry-manifest.ts";

export const manifestInspect = defineCommand({
  usage: "[OPTIONS] [MANIFEST_LIST] MANIFEST",
  operands: [1, 2],
  flags: {
    insecure: bool("Ignored: registries without TLS are listed with the engine"),
    verbose: bool("Output additional info including layers and platform", { short: "v" }),
  },
  /** A list that was begun here is shown as it is; anything else as its registry has it. */
  async run(cli, { flags, args: [first = "", second] }) {
    const draft = second === undefined ? await readDraft(cli, first) : undefined;
    if (draft !== undefined) {
      cli.out.print(`${JSON.stringify(draft, null, "\t")}\n`);
      return 0;
    }
    const name = second ?? first;
    const { Raw, Descriptor, Platform } = await fetchManifest(cli, name);
    if (second !== undefined) {
      const from = canonicalReference({ ...requireReference(second), tag: undefined, digest: Descriptor.digest });
      const isMember = (await requireDraft(cli, first)).some((one) => one.from === from);
      if (!isMember) throw new TdockError("not-found", `manifest for image ${second} does not exist in ${first}`);
    }
    const document = JSON.parse(Raw) as object;
    const shown = flags.verbose
      ? { Ref: name, Descriptor: { ...Descriptor, platform: Platform }, Manifest: document }
      : document;
    cli.out.print(`${JSON.stringify(shown, null, "\t")}\n`);
    return 0;
  },
});
