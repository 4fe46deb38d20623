import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Input } from "@tdock/api/endpoint";
import type { imagePull } from "@tdock/api/images";
import { sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import type { Engine } from "../engine.ts";
import { plainArchive } from "../host/plain-archive.ts";
import { type ArrivedLayer, addLayer, writeLayer } from "../images/add-layer.ts";
import { formatFamiliar, formatReference } from "../images/reference.ts";
import { newTag } from "../images/tag.ts";
import { formatPlatform, hostPlatform, parsePlatform } from "../registry/platform.ts";
import { applyChanges } from "./apply-changes.ts";
import { openImportSource } from "./import-source.ts";

type ImportEngine = Pick<
  Engine,
  "arrivalLease" | "arrivingFolder" | "blobs" | "config" | "disk" | "events" | "images" | "layers" | "now"
>;

/**
 * Makes an image of one layer from an archive of a root, as `export` writes it: from the request's body, or downloaded
 * from an address. Unpacked under the same rules as a layer that was pulled. Throws `invalid-argument`, and what a
 * download throws.
 */
export async function importImage(engine: ImportEngine, input: Input<typeof imagePull>, out: Output): Promise<void> {
  const name = input.repo ? newTag(input.repo, input.tag ?? "") : undefined;
  const config = applyChanges({}, input.changes ?? []);
  const folder = join(engine.arrivingFolder, `import-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    await sendJsonMessages(out, async (messages) => {
      const source = await openImportSource(input, { folder, messages, proxies: engine.config.proxies });
      const top = await writeLayer(await plainArchive(source.bytes, out.signal), join(folder, "root.tar"));
      const image = {
        below: { layers: [], diffIds: [] },
        top,
        configBytes: documentOf(engine, { ...input, source: source.name }, config, top),
        name: name && formatReference(name),
      };
      const id = await addLayer(engine, image, out.signal);
      await messages.send({ status: id });
      const attributes = { name: name === undefined ? id : formatFamiliar(name) };
      engine.events.emit({ type: "image", action: "import", id, attributes });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function documentOf(
  { now }: ImportEngine,
  { message, platform, source }: Input<typeof imagePull> & { readonly source: string },
  config: object,
  { digest }: ArrivedLayer,
): Buffer {
  const [os, architecture, variant] = formatPlatform(platform ? parsePlatform(platform) : hostPlatform()).split("/");
  const created = now().toISOString();
  const comment = message ?? `Imported from ${source}`;
  return Buffer.from(
    JSON.stringify({
      ...{ os, architecture, variant, created, config },
      rootfs: { type: "layers", diff_ids: [digest] },
      history: [{ created, comment }],
    }),
  );
}
