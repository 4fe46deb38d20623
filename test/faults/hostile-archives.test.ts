import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { hostileLayers } from "../harness/images/hostile-layers.ts";
import { hostileTars } from "../harness/images/hostile-tars.ts";
import { tarOf } from "../harness/images/tar-layer.ts";
import { canaryAt } from "../harness/oracles/canary.ts";
import { systemSuite } from "../harness/suite.ts";
import { doors } from "./hostile-archives/doors.ts";

const canary = canaryAt("/var/lib/tdock-hostile-archives/canary");
const layers = Object.entries(hostileLayers(canary.path)).map(
  async ([name, one]) => [name, await Promise.all(one.map((entries) => tarOf(entries)))] as const,
);
const tars = Object.entries(await hostileTars()).map(([name, tar]) => [name, [tar]] as const);
const archives: Readonly<Record<string, readonly Buffer[]>> = Object.fromEntries([
  ...(await Promise.all(layers)),
  ...tars,
]);
/** A layer's own attacks come through this door in `hostile-layers.test.ts` already. */
const rows = Object.keys(doors).flatMap((door) =>
  Object.keys(archives)
    .filter((name) => door !== "pull" || tars.some(([tar]) => tar === name))
    .map((name) => [door, name] as const),
);

systemSuite("archives of strangers", (suite) => {
  beforeAll(async () => {
    await canary.plant();
    return () => canary.remove();
  });

  describe.each(rows)("through %s: %s", (door, name) => {
    it("is refused or stays inside, shows nothing of the host, and the server lives on", async () => {
      const pid = suite.tdockd.pid;
      const secret = (await readFile(canary.path, "utf8")).trim();

      const { isTaken, text, look } = (await doors[door]?.(suite, archives[name] ?? [])) ?? {
        isTaken: false,
        text: "",
      };
      const seen = isTaken
        ? await look?.("sh", "-c", `find / -xdev -type f ! -path '*/bin/*' | xargs grep -l '${secret}'`)
        : undefined;

      expect(text).not.toMatch(/^\s+at /m);
      expect(seen?.stdout ?? "").toBe("");
      expect(await canary.changes()).toEqual([]);
      expect(await stat(join(canary.folder, "planted-by-a-layer")).catch(() => "absent")).toBe("absent");
      expect((await suite.api("GET", "/_ping")).status).toBe(200);
      expect(await stat(`/proc/${pid}`)).toBeDefined();
    });
  });

  const printNames = ["sh", "-c", "cd /d && for name in *; do echo $name | od -An -tx1; done"] as const;
  const namesNoText = "fe 61 6d 65 0a ff 61 6d 65 0a";
  const joined = (text = "") => text.replaceAll(/[ \n]+/g, " ").trim();

  it.each(Object.keys(doors))("through %s: names that are no text stay what they are, byte by byte", async (door) => {
    const passage = await doors[door]?.(suite, archives["names-no-text"] ?? []);

    expect(joined((await passage?.look(...printNames))?.stdout)).toBe(namesNoText);
  });

  it("whose names are no text goes from image to image and into volumes as it is", async () => {
    const folder = join(suite.tdockd.layout.root, "no-text");
    await mkdir(folder);
    for (const tar of archives["names-no-text"] ?? []) await writeFile(join(folder, "names.tar"), tar);
    const Dockerfile = `FROM ${suite.busybox} AS one\nADD names.tar /\nFROM ${suite.busybox}\nCOPY --from=one /d /d\n`;
    await writeFile(join(folder, "Dockerfile"), Dockerfile);
    await suite.mustTdock(["build", "-q", "-t", "no-text:1", "--build-arg=SOURCE_DATE_EPOCH=1", folder]);

    const inVolume = await suite.mustTdock(["run", "--name=no-text", "-v", "no-text:/d", "no-text:1", ...printNames]);
    await suite.mustTdock(["export", "-o", join(folder, "root.tar"), "no-text"]);
    await suite.mustTdock(["import", join(folder, "root.tar"), "no-text:2"]);
    const imported = await suite.mustTdock(["run", "--rm", "no-text:2", ...printNames]);
    await suite.mustTdock(["cp", "no-text:/d", join(folder, "out")]);
    await suite.mustTdock(["create", "--name=no-text-copied", suite.busybox, ...printNames]);
    await suite.mustTdock(["cp", join(folder, "out"), "no-text-copied:/d"]);

    const copied = await suite.mustTdock(["start", "-a", "no-text-copied"]);
    expect([inVolume, imported, copied].map(joined)).toEqual([namesNoText, namesNoText, namesNoText]);
    expect(await suite.mustTdock(["diff", "no-text-copied"])).toBe(`A /d${"\nA /d/\ufffdame".repeat(2)}`);
    await suite.mustTdock(["rm", "no-text", "no-text-copied"]);
    await suite.mustTdock(["volume", "rm", "no-text"]);
  });
});
