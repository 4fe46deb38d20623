import { lstat, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { directory, file } from "../harness/images/tar-layer.ts";
import { canaryAt } from "../harness/oracles/canary.ts";
import { systemSuite } from "../harness/suite.ts";

const canary = canaryAt("/var/lib/tdock-hostile-volumes/canary");
/** So many that something else can happen while they are copied. */
const folders = 500;
const entries = folders + 1;

/** What a volume at /data is filled with: many folders, whose places are each looked for anew, and a file. */
async function fillingImage() {
  const names = Array.from({ length: folders }, (_, index) => `data/sub/${index}`);
  const data = [
    ...["data", "data/sub", ...names].map((name) => directory(name, 0o751)),
    ...[...names, "data/sub"].map((name) => file(`${name}/${basename(canary.path)}`, "of the image\n", 0o666)),
  ].map((entry) => ({ ...entry, uid: 7, gid: 8 }));
  return imageOf({ layers: [await layerOf([...(await busyboxEntries()), ...data])], config: busyboxConfig });
}

systemSuite(
  "volumes under attack",
  (suite) => {
    const { api } = suite;
    const start = async (body: object) => {
      const { Id } = (await api("POST", "/containers/create", { Image: suite.busybox, ...body })).body;
      return { id: Id as string, ...(await api("POST", `/containers/${Id}/start`)) };
    };
    const remove = (id: string) => api("DELETE", `/containers/${id}?force=1&v=1`);
    const fill = (volume: string) =>
      api("POST", "/containers/create", { Image: suite.image("filling"), HostConfig: { Binds: [`${volume}:/data`] } });

    beforeAll(async () => {
      await canary.plant();
      await suite.mustTdock(["pull", "-q", suite.image("filling")]);
    });
    afterAll(() => canary.remove());
    afterEach(async () => {
      expect(await canary.changes()).toEqual([]);
      expect((await api("GET", "/_ping")).status).toBe(200);
    });

    it("reads no file of the host through a volume whose files become links to it meanwhile", async () => {
      const text = await readFile(canary.path, "utf8");
      const script = `while :; do echo mine > /v/t; mv /v/t /v/x; ln -sfn ${canary.folder} /v/d; ln -sf ${canary.path} /v/x; rm /v/d; mkdir /v/d; rm -r /v/d; done`;
      const { id } = await start({ Cmd: ["sh", "-c", script], HostConfig: { Binds: ["swapped:/v"] } });

      for (let round = 0; round < 8; round += 1) {
        const [exported, cloned] = await Promise.all([
          api("GET", "/volumes/swapped/export"),
          api("POST", `/volumes/swapped/clone?name=copy${round}`),
          api("GET", "/system/df?type=volume"),
        ]);
        expect(String(exported.body)).not.toContain(text);
        expect(JSON.stringify(cloned.body)).not.toContain(text);
      }
      const read = await start({ Cmd: ["sh", "-c", "cat /v/x /v/d/*; sleep 0"], HostConfig: { Binds: ["copy0:/v"] } });
      await api("POST", `/containers/${read.id}/wait`);
      expect(String((await api("GET", `/containers/${read.id}/logs?stdout=1&stderr=1`)).body)).not.toContain(text);
      await Promise.all([id, read.id].map(remove));
      expect((await api("DELETE", "/volumes/swapped")).status).toBe(204);
    });

    it("mounts no folder of the host for one of a volume that becomes a link to it meanwhile", async () => {
      const script = `cd /v; mkdir x; echo mine > x/f; while :; do mv x d; mv d x; ln -s ${canary.folder} d; rm d; done`;
      const { id } = await start({ Cmd: ["sh", "-c", script], HostConfig: { Binds: ["raced:/v"] } });
      const Mounts = [{ Type: "volume", Source: "raced", Target: "/s", VolumeOptions: { Subpath: "d" } }];
      const seen = new Set<string>();

      for (let round = 0; round < 20; round += 1) {
        const reader = await start({ Cmd: ["sh", "-c", "ls -a /s; cat /s/*"], HostConfig: { Mounts } });
        if (reader.status === 204) {
          await api("POST", `/containers/${reader.id}/wait`);
          const { body } = await api("GET", `/containers/${reader.id}/logs?stdout=1`);
          for (const line of String(body).split("\n")) seen.add(line);
        }
        await remove(reader.id);
      }

      expect([...seen].join("\n")).toContain("mine");
      expect([...seen].join("\n")).not.toContain(await readFile(canary.path, "utf8").then((text) => text.trim()));
      expect([...seen].join("\n")).not.toContain(basename(canary.path));
      await remove(id);
      await api("DELETE", "/volumes/raced");
    });

    it("are filled once, and whole, by ten containers at once", async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => fill("shared")));

      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
      const count = ["run", "--rm", "-v", "shared:/v", suite.busybox, "sh", "-c", "ls -A /v; ls -A /v/sub | wc -l"];
      expect(await suite.mustTdock(count)).toBe(`sub\n${entries}`);
      const data = join(suite.tdockd.layout.dataRoot, "volumes/shared");
      expect((await readdir(data)).toSorted()).toEqual(["_data", "volume.json"]);
      await Promise.all(answers.map(({ body }) => remove(body.Id)));
      await suite.mustTdock(["volume", "rm", "shared"]);
    });

    it.each([
      ["plain", false],
      ["bound", true],
    ])("take no file to the host by a folder that becomes a link while they are filled: %s", async (name, isBound) => {
      const folder = join(suite.tdockd.layout.root, name);
      await mkdir(folder);
      const options = isBound ? ["-o", "type=none", "-o", "o=bind", "-o", `device=${folder}`] : [];
      await suite.mustTdock(["volume", "create", ...options, name]);
      const data = isBound ? folder : join(suite.tdockd.layout.dataRoot, "volumes", name, "_data");
      const swap = `[ -d sub ] && mv sub $((i+=1)) && ln -s ${canary.folder} sub`;
      const script = `cd /v; i=0; while :; do ${swap}; done`;
      const { id } = await start({ Cmd: ["sh", "-c", script], HostConfig: { Binds: [`${name}:/v`] } });
      const taken: number[] = [];

      for (let round = 0; round < (isBound ? 5 : 2); round += 1) {
        const { body } = await fill(name);
        if (body.Id) await remove(body.Id);
        await eventually(async () => expect((await lstat(join(data, "sub"))).isSymbolicLink()).toBe(true));
        for (const entry of await readdir(data)) {
          if (entry !== "sub") taken.push((await readdir(join(data, entry))).length);
          await rm(join(data, entry), { recursive: true });
        }
      }

      // What is not mounted gets its content at once.
      if (isBound) expect(Math.min(...taken)).toBeLessThan(entries);
      else expect(taken).toEqual(taken.map(() => entries));
      await remove(id);
      await suite.mustTdock(["volume", "rm", name]);
    });
  },
  { images: async () => ({ filling: await fillingImage() }) },
);
