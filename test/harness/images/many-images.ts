import { digestOf, jsonBlob, machinePlatform } from "./oci-image.ts";
import { file, tarOf } from "./tar-layer.ts";

/** An archive in Docker's form with an image for each of `names`, with a configuration of its own over one small layer. */
export async function manyImagesArchive(names: readonly string[]): Promise<Buffer> {
  const layer = await tarOf([file("one", "a file\n")]);
  const rootfs = { type: "layers", diff_ids: [digestOf(layer)] };
  const images = names.map((name) => {
    const config = jsonBlob("", { ...machinePlatform, config: { Labels: { name } }, rootfs });
    return { name, config, file: `${config.digest.slice("sha256:".length)}.json` };
  });
  const manifest = images.map(({ name, file: Config }) => ({ Config, RepoTags: [name], Layers: ["layer.tar"] }));
  return await tarOf([
    file("layer.tar", layer),
    ...images.map(({ file: path, config }) => file(path, config.content)),
    file("manifest.json", JSON.stringify(manifest)),
  ]);
}
