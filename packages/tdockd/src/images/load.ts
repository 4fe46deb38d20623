import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Input } from "@tdock/api/endpoint";
import type { imageLoad } from "@tdock/api/images";
import { sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type Platform, parsePlatform } from "../registry/platform.ts";
import { type ArchivedImage, archivedImages } from "./archive/archived-image.ts";
import { readMembers } from "./archive/read-members.ts";
import { parseImageConfig } from "./image-config.ts";
import { layerPlaces } from "./layer-places.ts";
import type { LayerPlace } from "./layer-store.ts";
import { LayersAhead } from "./layers-ahead.ts";
import { danglingName } from "./names.ts";
import { recordArrival } from "./record-image.ts";
import { formatFamiliar, parseReference } from "./reference.ts";
import { requestedPlatform } from "./requested-platform.ts";
import { storeRest } from "./store-rest.ts";
import { unpackStored } from "./unpack-stored.ts";

type LoadEngine = Pick<
  Engine,
  "arrivalLease" | "arrivingFolder" | "blobs" | "disk" | "events" | "images" | "layers" | "unsynced"
>;

/**
 * Takes the images of an archive that `save` wrote, here or by Docker, podman, skopeo or buildx. An image is there as a
 * whole, unpacked, or not at all; of an index all platforms, this machine's unpacked, or the one that is asked for.
 * Throws `invalid-argument` for archives that lie, `not-found` when an image is not for the platform.
 */
export async function loadImages(engine: LoadEngine, input: Input<typeof imageLoad>, out: Output): Promise<void> {
  const platform = platformOf(input);
  const folder = join(engine.arrivingFolder, `load-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    await sendJsonMessages(out, async ({ signal, send }) => {
      await using ahead = new LayersAhead(engine, signal);
      const members = await readMembers(input.body, folder, (member) => ahead.begin(member), signal);
      for (const image of await archivedImages(members, platform)) {
        await engine.arrivalLease.with((lease) => store({ ...engine, ahead }, image, lease, signal));
        for (const text of loadedTexts(image)) await send({ stream: `${text}\n` });
        const attributes = { name: image.manifest.document.config.digest };
        engine.events.emit({ type: "image", action: "load", id: attributes.name, attributes });
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Throws `invalid-argument` for more than one. */
function platformOf({ platform = [] }: Input<typeof imageLoad>): Platform | undefined {
  if (platform.length > 1) throw new TdockError("invalid-argument", "images are loaded for one platform, or for all");
  const asked = requestedPlatform(platform[0]);
  return asked === undefined ? undefined : parsePlatform(asked);
}

async function store(
  engine: LoadEngine & { readonly ahead: LayersAhead },
  image: ArchivedImage,
  lease: string,
  signal: AbortSignal,
): Promise<void> {
  const { target, indexes, manifest, configBytes } = image;
  const diffIds = parseImageConfig(configBytes).rootfs.diff_ids;
  const places = layerPlaces(manifest.document.layers, diffIds);
  const fileOf = ({ blob }: LayerPlace) => image.layers.get(blob.digest)?.path ?? "";
  for (const place of places) {
    const labels = { "containerd.io/uncompressed": place.diffId };
    await engine.blobs.adopt(fileOf(place), { ...place.blob, labels }, lease);
  }
  const ahead = (place: LayerPlace) => engine.ahead.take(fileOf(place), place.compression);
  await unpackStored({ layers: engine.layers, ahead }, places, lease, signal);
  await storeRest(engine, image.rest, lease);
  const { digest } = target.descriptor;
  for (const name of image.names.length > 0 ? image.names : [danglingName(digest)]) {
    await recordArrival(engine, { lease, name, target, indexes, manifest, configBytes, diffIds });
  }
}

function loadedTexts({ names, manifest }: ArchivedImage): string[] {
  if (names.length === 0) return [`Loaded image ID: ${manifest.document.config.digest}`];
  return names.map((name) => `Loaded image: ${formatFamiliar(parseReference(name))}`);
}
