import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { startHostileRegistry } from "../harness/hostile/hostile-registry.ts";
import { droppingEvery } from "../harness/hostile/interruptions.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { file } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

const dropBytes = 20e6;
const layerBytes = 100e6;

systemSuite("a pull over a connection that drops every 20 MB", (suite) => {
  it("succeeds, and moves hardly more bytes than there are", async () => {
    let sentBytes = 0;
    const image = imageOf({ layers: [await layerOf([file("noise", randomBytes(layerBytes))], "none")] });
    const behaviour = droppingEvery(dropBytes, (bytes) => {
      sentBytes += bytes;
    });
    await using registry = await startHostileRegistry({ dropping: { image, behaviour } });

    const { exitCode, stderr } = await suite.tdock(["pull", "-q", `${registry.host}/dropping`]);

    const answers = registry.requests.filter(({ path }) => path.includes(image.layers[0]?.digest ?? "none"));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(answers.length).toBeGreaterThan(layerBytes / dropBytes);
    expect(sentBytes).toBeLessThan(layerBytes * 1.1);
  });
});
