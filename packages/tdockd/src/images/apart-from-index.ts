import type { ImageRecord } from "./image.ts";

/** An image as its manifest alone says, whatever index its name points at: what a request for one platform is given. */
export function apartFromIndex(image: ImageRecord): ImageRecord {
  return { ...image, target: image.manifestBlob };
}
