import { beforeAll, expect, it } from "vitest";
import { busyboxImage } from "../harness/images/busybox.ts";
import { imageOf } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("flags of tdock manifest", (suite) => {
  const one = () => suite.image("parts/app:1");
  const two = () => suite.image("parts/app:2");
  const list = () => suite.image("list:1");

  beforeAll(async () => {
    const { layers } = await busyboxImage();
    await pushImage(suite.registry, "parts/app:1", imageOf({ layers }));
    const platform = { os: "linux", architecture: "riscv64" };
    await pushImage(suite.registry, "parts/app:2", imageOf({ layers, platform }));
  });

  it("manifest create --amend adds to a list, and manifest rm forgets it", async () => {
    await suite.mustTdock(["manifest", "create", list(), one()]);
    await suite.mustTdock(["manifest", "create", "--insecure", "--amend", list(), two()]);
    const draft = JSON.parse(await suite.mustTdock(["manifest", "inspect", "--insecure", list()]));

    expect(draft.manifests).toHaveLength(2);
    await suite.mustTdock(["manifest", "rm", list()]);
    expect(await suite.tdock(["manifest", "push", list()])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("No such manifest"),
    });
  });

  it("manifest annotate sets all that an index says of a platform; without --purge a list stays", async () => {
    await suite.mustTdock(["manifest", "create", list(), one(), two()]);
    const flags = ["--os=windows", "--arch=arm", "--variant=v7", "--os-version=10.0.1", "--os-features=a,b"];
    await suite.mustTdock(["manifest", "annotate", ...flags, "--os-features=c", list(), two()]);
    await suite.mustTdock(["manifest", "push", "--insecure", list()]);

    const raw = await mustRun("skopeo", ["inspect", "--raw", "--tls-verify=false", `docker://${list()}`]);
    expect(JSON.parse(raw).manifests[1].platform).toEqual({
      ...{ os: "windows", architecture: "arm", variant: "v7" },
      ...{ "os.version": "10.0.1", "os.features": ["a", "b", "c"] },
    });
    await suite.mustTdock(["manifest", "rm", list()]);
  });
});
