import { readFile, stat } from "node:fs/promises";
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
});
