import type { Input } from "@tdock/api/endpoint";
import type { imagePull } from "@tdock/api/images";
import type { Output } from "@tdock/api/output";
import { importImage } from "../build/import-image.ts";
import type { Engine } from "../engine.ts";
import { pullImage } from "../images/pull.ts";

/** `POST /images/create` is two operations: with `fromSrc` an import, else a pull. */
export function createImage(engine: Engine, input: Input<typeof imagePull>, out: Output): Promise<void> {
  return input.fromSrc ? importImage(engine, input, out) : pullImage(engine, input, out);
}
