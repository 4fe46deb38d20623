import type { Engine } from "../engine.ts";
import { type ImageRequest, isComplete, meantPlatform } from "./bring-image.ts";
import { layerPlaces } from "./layer-places.ts";
import { LayerReporter } from "./pull-progress.ts";
import { formatReference } from "./reference.ts";
import { repositoriesOf } from "./source-label.ts";

type NameEngine = Pick<Engine, "arrivals" | "blobs" | "images" | "layers">;

/**
 * Gives an image that is here whole, under another name and from the same repository, the name that is asked for:
 * nothing has to be stored. What is there is looked at meanwhile, and again when the other name, which kept it from being
 * removed, has gone since. Resolves to whether this was so; if not, the image is to be brought.
 */
export async function nameAgain(engine: NameEngine, request: ImageRequest): Promise<boolean> {
  const { reference, resolved, discard, messages } = request;
  const name = formatReference(reference);
  const { digest } = resolved.target.descriptor;
  const names = await engine.images.names();
  const before = names.find((one) => one.name === name)?.target;
  const twin = names.find((one) => one.target.digest === digest && one.name !== name);
  const platform = resolved.indexes.length > 0 ? meantPlatform(request, before) : undefined;
  if (twin === undefined || before !== undefined || twin.target.platform !== platform) return false;
  const [image, isHere] = await Promise.all([engine.images.find(twin.name), isFromHere(engine, request)]);
  if (image === undefined || !isHere) return false;
  const look = () => isComplete(engine, image, { unpackedOnly: discard });
  const [isWhole] = await Promise.all([look(), engine.images.setName(name, twin.target)]);
  const isTwinThere = (await engine.images.names()).some((one) => one.name === twin.name);
  if (!(isTwinThere ? isWhole : await look())) return false;
  for (const { blob } of layerPlaces(image.manifest.layers, image.diffIds)) {
    new LayerReporter(messages, blob.digest).say("Already exists");
  }
  return true;
}

/** A push mounts blobs from the repositories that its manifest is known to be in. */
async function isFromHere({ blobs }: NameEngine, { reference, resolved }: ImageRequest): Promise<boolean> {
  const labels = await blobs.labelsOf(resolved.manifest.descriptor.digest);
  return repositoriesOf(labels, reference.domain).includes(reference.path);
}
