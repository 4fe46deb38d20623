import type { ImageRecord } from "./image.ts";

/** When the image says that it was made, in milliseconds since 1970; 0 when it does not say. */
export function createdMs({ createdAt }: Pick<ImageRecord, "createdAt">): number {
  return createdAt === undefined ? 0 : Date.parse(createdAt);
}

/** {@link createdMs} in whole seconds, as Docker's lists have it. */
export function createdSeconds(image: Pick<ImageRecord, "createdAt">): number {
  return Math.floor(createdMs(image) / 1000);
}
