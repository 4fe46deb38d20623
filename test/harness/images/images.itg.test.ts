import { describe, expect, it } from "vitest";
import { mustRun } from "../program.ts";
import { startRegistry } from "../registry/registry.ts";
import { busyboxImage } from "./busybox.ts";
import { imageOf, indexOf } from "./oci-image.ts";
import { pushImage, pushIndex } from "./push.ts";

async function inspect(reference: string): Promise<{ Digest: string; Layers: string[] }> {
  return JSON.parse(await mustRun("skopeo", ["inspect", "--tls-verify=false", `docker://${reference}`]));
}

describe("pushImage", () => {
  it("gives a registry an image that other clients can read", async () => {
    await using registry = await startRegistry();
    const image = await busyboxImage();

    const digest = await pushImage(registry, "library/busybox:latest", image);

    const seen = await inspect(`${registry.host}/library/busybox:latest`);
    expect(seen.Digest).toBe(digest);
    expect(seen.Layers).toEqual(image.layers.map((layer) => layer.digest));
  });
});

describe("pushIndex", () => {
  it.each([false, true])("gives a registry an image for several platforms (Docker's types: %s)", async (docker) => {
    await using registry = await startRegistry();
    const { layers } = await busyboxImage();
    const images = [
      imageOf({ layers, docker }),
      imageOf({ layers, docker, platform: { os: "linux", architecture: "s390x" } }),
    ];

    await pushIndex(registry, "multi:1", indexOf(images, docker), images);

    const flags = ["--tls-verify=false", "--override-arch=s390x"];
    const config = JSON.parse(
      await mustRun("skopeo", ["inspect", ...flags, "--config", `docker://${registry.host}/multi:1`]),
    );
    expect(config.architecture).toBe("s390x");
  });
});
