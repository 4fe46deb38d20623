import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { endings, mustCompress } from "../../harness/images/compress.ts";
import { file, symlink, tarOf } from "../../harness/images/tar-layer.ts";
import { mustRun } from "../../harness/program.ts";
import type { Suite } from "../../harness/suite.ts";

const rounds = 60;

/** Rows B1 to B7: `cp` never reads or writes the host, whatever a container does meanwhile. */
export function copyingTests(suite: Suite, canaryPath: string): void {
  const create = async (body: object) =>
    (await suite.api("POST", "/containers/create", { Image: suite.busybox, Cmd: ["sleep", "600"], ...body })).body
      .Id as string;
  const start = async (body: object) => {
    const id = await create(body);
    expect((await suite.api("POST", `/containers/${id}/start`)).status).toBe(204);
    return id;
  };
  const put = async (id: string, path: string, archive: Buffer) =>
    suite.api("PUT", `/containers/${id}/archive?path=${encodeURIComponent(path)}`, archive);
  const get = (id: string, path: string) =>
    suite.api("GET", `/containers/${id}/archive?path=${encodeURIComponent(path)}`);
  const remove = (id: string) => suite.api("DELETE", `/containers/${id}?force=1&v=1`);
  const folder = canaryPath.replace(/\/[^/]*$/, "");
  const name = canaryPath.slice(folder.length + 1);
  /** Swaps /d between a folder and a link to the canary's without end. */
  const swapping = `mkdir /real; echo mine > /real/${name}; while :; do ln -sfn ${folder} /d; rm /d; mkdir /d; echo mine > /d/${name}; rm -r /d; done`;

  it("reads and writes inside a container that swaps a folder for a link to the host", async () => {
    const id = await start({ Cmd: ["sh", "-c", swapping] });
    const archive = await tarOf([file(name, "written by cp\n")]);
    const canary = await readFile(canaryPath, "utf8");

    for (let round = 0; round < rounds; round += 1) {
      const [read] = await Promise.all([
        get(id, `/d/${name}`),
        put(id, "/d", archive),
        suite.api("HEAD", `/containers/${id}/archive?path=/d`),
      ]);
      expect(String(read.body)).not.toContain(canary);
    }

    expect(await readFile(canaryPath, "utf8")).toBe(canary);
    await remove(id);
  });

  it("sees volumes without mounting them where a container leads it", async () => {
    const script = `while :; do mv /a /kept; ln -s ${folder} /a; rm /a; mv /kept /a; done`;
    const id = await start({ Cmd: ["sh", "-c", script], HostConfig: { Binds: ["lured:/a/b"] } });
    const mounts = async () =>
      (await mustRun("cat", ["/proc/self/mounts"])).split("\n").filter((line) => line.includes(folder));

    for (let round = 0; round < rounds / 2; round += 1) {
      await Promise.all([get(id, "/a/b"), put(id, "/a/b", await tarOf([file("x", "x")]))]);
      expect(await mounts()).toEqual([]);
    }
    await remove(id);
  });

  it("exports, copies and commits a file that is being swapped for a link to the host as what it is", async () => {
    const script = `while :; do echo mine > /t; ln -sf /t /f; ln -sf ${canaryPath} /f; rm /f; echo mine > /f; rm /f; done`;
    const id = await start({ Cmd: ["sh", "-c", script] });
    const canary = await readFile(canaryPath, "utf8");

    for (let round = 0; round < 5; round += 1) {
      const [exported, copied] = await Promise.all([suite.api("GET", `/containers/${id}/export`), get(id, "/f")]);
      expect(String(exported.body)).not.toContain(canary);
      expect(String(copied.body)).not.toContain(canary);
    }
    const image = (await suite.api("POST", `/commit?container=${id}&pause=0`)).body.Id;
    expect(String((await suite.api("GET", `/images/${image}/get`)).body)).not.toContain(canary);
    await suite.api("DELETE", `/images/${image}`);
    await remove(id);
  });

  it("follows links of the root inside it, as /var/run to /run", async () => {
    const id = await create({ HostConfig: { Binds: ["ran:/run/data"] } });
    await put(id, "/", await tarOf([symlink("var/run", "/run"), file("run/data/note", "through a link")]));

    expect(String((await get(id, "/var/run/data/note")).body)).toContain("through a link");
    await remove(id);
  });

  it("runs no program of the container, also to decompress what is copied in", async () => {
    const id = await start({ Image: suite.image("decompressors") });
    const archive = await tarOf([file("note", "compressed")]);

    for (const ending of endings) {
      expect((await put(id, "/tmp", await mustCompress(ending, archive))).status).toBe(200);
    }

    expect((await get(id, "/marker")).status).toBe(404);
    expect(String((await get(id, "/tmp/note")).body)).toContain("compressed");
    await remove(id);
  });

  it("loads no library, and asks no name service, of the container", async () => {
    const id = await start({ Image: suite.image("traps"), User: "65534" });
    const archive = await tarOf([file("note", "copied")]);

    for (const query of ["", "&copyUIDGID=1"]) {
      const signal = AbortSignal.timeout(20_000);
      const path = `/containers/${id}/archive?path=/tmp${query}`;
      expect((await suite.api("PUT", path, archive, { signal })).status).toBe(200);
      expect(String((await suite.api("GET", path, undefined, { signal })).body)).toContain("copied");
    }

    await remove(id);
  });

  it.each([
    ["a read-only root", { ReadonlyRootfs: true }, "/tmp"],
    ["a read-only volume", { Binds: ["ro:/ro:ro"] }, "/ro"],
    ["a read-only root behind a link in a writable volume", { ReadonlyRootfs: true, Binds: ["rw:/rw"] }, "/rw/out"],
  ])("refuses to copy into %s", async (_, HostConfig, path) => {
    const archive = await tarOf([file("x", "x")]);
    const writer = await start({
      HostConfig: { Binds: ["rw:/rw"] },
      Cmd: ["sh", "-c", "ln -sfn /tmp /rw/out; sleep 600"],
    });
    await eventually(async () =>
      expect((await suite.api("HEAD", `/containers/${writer}/archive?path=/rw/out`)).status).toBe(200),
    );
    const id = await start({ HostConfig });

    expect((await put(id, path, archive)).status).toBe(403);
    await suite.api("POST", `/containers/${id}/stop?t=0`);
    expect((await put(id, path, archive)).status).toBe(403);
    expect((await get(id, "/tmp/x")).status).toBe(404);
    await Promise.all([id, writer].map(remove));
  });

  it.each(["..", "../x", "a/b", "%2e%2e", ".", "a".repeat(300), "a%00b", "a%0Ab", "-x"])(
    "takes the name %s for nothing but a wrong name",
    async (name) => {
      const answers = [
        await suite.api("POST", `/containers/create?name=${name}`, { Image: suite.busybox }),
        await suite.api("GET", `/exec/${encodeURIComponent(decodeURIComponent(name))}/json`),
        await suite.api("POST", `/images/${suite.busybox}/tag?repo=x&tag=${name}`),
        await suite.api("POST", "/volumes/create", { Name: decodeURIComponent(name) }),
        await suite.api("POST", "/networks/create", { Name: decodeURIComponent(name) }),
      ];

      for (const { status } of answers) expect([400, 404]).toContain(status);
    },
  );
}
