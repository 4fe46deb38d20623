import type { ManifestPlatform, RegistryManifest } from "@tdock/api/registry";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { defineCommand } from "../command.ts";
import { bool } from "../flags/flag.ts";
import { canonicalReference, familiarReference, requireReference, withDefaultTag } from "../flags/reference.ts";
import { readDraft, requireDraft } from "../manifest-drafts.ts";
import { fetchManifest } from "./registry-manifest.ts";

/** An image of a list, or one alone: where it is, and what it is for. */
interface Image {
  readonly ref: string;
  readonly fetched: RegistryManifest;
  readonly platform: ManifestPlatform | undefined;
}

const dockerType = "application/vnd.docker.distribution.manifest.v2+json";
const dockerListType = "application/vnd.docker.distribution.manifest.list.v2+json";
const indexType = "application/vnd.oci.image.index.v1+json";

export const manifestInspect = defineCommand({
  usage: "[OPTIONS] [MANIFEST_LIST] MANIFEST",
  operands: [1, 2],
  flags: {
    insecure: bool("Ignored: registries without TLS are listed with the engine"),
    verbose: bool("Output additional info including layers and platform", { short: "v" }),
  },
  /** A list that was begun here is shown as it would be pushed; anything else as its registry has it. */
  async run(cli, { flags, args: [first = "", second] }) {
    const show = (value: object) => cli.out.print(`${JSON.stringify(value, null, "\t")}\n`);
    const draft = second === undefined ? await draftImages(cli, first) : undefined;
    if (draft !== undefined) {
      show(flags.verbose ? draft.map(details) : listOf(draft));
      return 0;
    }
    const name = second ?? first;
    const fetched = await fetchManifest(cli, name);
    if (second !== undefined) await requireMember(cli, first, second, fetched);
    const ref = familiarReference(withDefaultTag(requireReference(name)));
    if (!flags.verbose) show(documentOf(fetched));
    else if (isList(fetched)) show((await listedImages(cli, name, fetched)).map(details));
    else show(details({ ref, fetched, platform: fetched.Platform }));
    return 0;
  },
});

async function draftImages(cli: Cli, list: string): Promise<readonly Image[] | undefined> {
  const draft = await readDraft(cli, list);
  const read = async ({ from, platform }: { from: string; platform: ManifestPlatform }) => ({
    ...{ ref: from, platform, fetched: await fetchManifest(cli, from) },
  });
  return draft && Promise.all(draft.map(read));
}

async function requireMember(cli: Cli, list: string, name: string, { Descriptor }: RegistryManifest): Promise<void> {
  const from = canonicalReference({ ...requireReference(name), tag: undefined, digest: Descriptor.digest });
  const isMember = (await requireDraft(cli, list)).some((one) => one.from === from);
  if (!isMember) throw new TdockError("not-found", `manifest for image ${name} does not exist in ${list}`);
}

function listedImages(cli: Cli, list: string, fetched: RegistryManifest): Promise<readonly Image[]> {
  const reference = withDefaultTag(requireReference(list));
  const { manifests = [] } = documentOf(fetched);
  return Promise.all(
    manifests.map(async ({ digest, platform }) => {
      const name = canonicalReference({ ...reference, tag: undefined, digest });
      return { ref: familiarReference({ ...reference, digest }), platform, fetched: await fetchManifest(cli, name) };
    }),
  );
}

interface Document {
  readonly manifests?: readonly { readonly digest: string; readonly platform?: ManifestPlatform }[];
}

function documentOf({ Raw }: RegistryManifest): Document {
  return JSON.parse(Raw) as Document;
}

function isList({ Descriptor: { mediaType } }: RegistryManifest): boolean {
  return mediaType === indexType || mediaType === dockerListType;
}

/** Under Docker's names. */
function details({ ref, fetched, platform }: Image): object {
  const isDocker = fetched.Descriptor.mediaType === dockerType;
  return {
    Ref: ref,
    Descriptor: { ...fetched.Descriptor, ...(platform && { platform }) },
    [isDocker ? "SchemaV2Manifest" : "OCIManifest"]: documentOf(fetched),
  };
}

/** The list that a push would make of the images. */
function listOf(images: readonly Image[]): object {
  const isDocker = images.every(({ fetched }) => fetched.Descriptor.mediaType === dockerType);
  const manifests = images.map(({ fetched: { Descriptor }, platform }) => ({ ...Descriptor, platform }));
  return { schemaVersion: 2, mediaType: isDocker ? dockerListType : indexType, manifests };
}
