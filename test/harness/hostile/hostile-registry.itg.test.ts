import { describe, expect, it } from "vitest";
import { busyboxImage } from "../images/busybox.ts";
import { runProgram } from "../program.ts";
import { scratchFolder } from "../scratch.ts";
import { startHostileRegistry } from "./hostile-registry.ts";
import { integrityBehaviours } from "./integrity.ts";

async function copyWithSkopeo(reference: string) {
  await using folder = await scratchFolder("copy");
  return await runProgram("skopeo", ["copy", "--src-tls-verify=false", `docker://${reference}`, `dir:${folder.path}`]);
}

describe("startHostileRegistry", () => {
  it("serves an honest repository to an independent client", async () => {
    await using registry = await startHostileRegistry({ honest: { image: await busyboxImage() } });

    const { exitCode } = await copyWithSkopeo(`${registry.host}/honest:latest`);

    expect(exitCode).toBe(0);
    expect(registry.requests.map(({ path }) => path)).toContain("/v2/honest/manifests/latest");
  });

  it("misbehaves where a repository says so", async () => {
    const image = await busyboxImage();
    await using registry = await startHostileRegistry({
      liar: { image, behaviour: integrityBehaviours["layer-changed"] },
    });

    const { exitCode, stderr } = await copyWithSkopeo(`${registry.host}/liar:latest`);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("Digest did not match");
  });
});
