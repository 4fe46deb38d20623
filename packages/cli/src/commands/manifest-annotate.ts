import { TdockError } from "@tdock/errors/error";
import { defineCommand, exactly } from "../command.ts";
import { list, text } from "../flags/flag.ts";
import { canonicalReference, requireReference } from "../flags/reference.ts";
import { draftName, requireDraft, writeDraft } from "../manifest-drafts.ts";
import { fetchManifest } from "./registry-manifest.ts";

export const manifestAnnotate = defineCommand({
  usage: "[OPTIONS] MANIFEST_LIST MANIFEST",
  operands: exactly(2),
  flags: {
    arch: text("Set architecture"),
    os: text("Set operating system"),
    "os-features": list("Set operating system feature", { label: "strings" }),
    "os-version": text("Set operating system version"),
    variant: text("Set architecture variant"),
  },
  async run(cli, { flags, args: [name = "", image = ""] }) {
    const images = await requireDraft(cli, name);
    const reference = requireReference(image);
    const digest = reference.digest ?? (await fetchManifest(cli, image)).Descriptor.digest;
    const from = canonicalReference({ ...reference, tag: undefined, digest });
    if (!images.some((one) => one.from === from)) {
      throw new TdockError("not-found", `manifest for image ${image} does not exist in ${draftName(name)}`);
    }
    const features = flags["os-features"].flatMap((one) => one.split(","));
    const changes = {
      ...(flags.arch !== undefined && { architecture: flags.arch }),
      ...(flags.os !== undefined && { os: flags.os }),
      ...(features.length > 0 && { "os.features": features }),
      ...(flags["os-version"] !== undefined && { "os.version": flags["os-version"] }),
      ...(flags.variant !== undefined && { variant: flags.variant }),
    };
    const annotated = images.map((one) =>
      one.from === from ? { from, platform: { ...one.platform, ...changes } } : one,
    );
    await writeDraft(cli, name, annotated);
    return 0;
  },
});
