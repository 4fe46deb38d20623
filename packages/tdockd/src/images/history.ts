import type { HistoryResponseItem } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import { createdSeconds } from "./image-time.ts";
import { requestedPlatform } from "./requested-platform.ts";

/** `GET /images/{name}/history`: newest first. Only the top entry has an ID; the others were never images here. */
export async function imageHistory(
  engine: Pick<Engine, "images" | "layerSizes">,
  { name, platform }: { readonly name: string; readonly platform?: string },
): Promise<HistoryResponseItem[]> {
  const image = await engine.images.resolve(name, requestedPlatform(platform));
  const sizes = (await engine.layerSizes.stack(image.chainId)).map(({ bytes }) => bytes).reverse();
  let layer = 0;
  const items = image.history.map(({ created, created_by, comment, empty_layer }) => ({
    Id: "<missing>",
    Created: created == null || Number.isNaN(Date.parse(created)) ? 0 : createdSeconds({ createdAt: created }),
    CreatedBy: created_by ?? "",
    Tags: null as unknown as string[],
    Size: empty_layer ? 0 : (sizes[layer++] ?? 0),
    Comment: comment ?? "",
  }));
  // Layers that the history says nothing of are still there.
  for (; layer < image.diffIds.length; layer += 1) {
    const Created = createdSeconds(image);
    const item = { Id: "<missing>", Created, CreatedBy: "", Size: sizes[layer] ?? 0, Comment: "" };
    items.push({ ...item, Tags: null as unknown as string[] });
  }
  items.reverse();
  const [top] = items;
  if (top !== undefined) Object.assign(top, { Id: image.id, Tags: [...image.repoTags] });
  return items;
}
