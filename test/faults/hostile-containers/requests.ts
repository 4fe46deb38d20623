import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { isAlive } from "../../harness/instance/processes.ts";
import type { Canary } from "../../harness/oracles/canary.ts";
import type { Suite } from "../../harness/suite.ts";
import { attempt } from "./attempt.ts";
import { refusedBodies, refusedHostConfigs } from "./refused.ts";

const mountRounds = 60;

/** Rows E1 to E11 of what a request may ask for, and the rows on create and exec of the fault list. */
export function requestTests(suite: Suite, { folder: hostFolder, path }: Canary): void {
  const entries = [basename(path)];
  const create = (body: object, name = "") =>
    suite.api("POST", `/containers/create${name && `?name=${name}`}`, {
      Image: suite.busybox,
      Cmd: ["sleep", "600"],
      ...body,
    });
  const start = async (body: object = {}) => {
    const { Id } = (await create(body)).body;
    expect((await suite.api("POST", `/containers/${Id}/start`)).status).toBe(204);
    return Id as string;
  };
  const remove = async (id: string) =>
    expect((await suite.api("DELETE", `/containers/${id}?force=1&v=1`)).status).toBe(204);

  it.each(refusedHostConfigs)("refuses %s", async (_, HostConfig) => {
    const { status, message } = await attempt(suite, { Cmd: ["true"], HostConfig });

    expect([status, message]).toEqual([
      expect.toSatisfy((code) => code >= 400 && code < 500),
      expect.stringMatching(/\w/),
    ]);
  });

  it.each(refusedBodies)("refuses %s", async (_, body) => {
    const { status, message } = await attempt(suite, body);

    expect([status, message]).toEqual([400, expect.stringMatching(/\w/)]);
  });

  it("passes members that it does not know over", async () => {
    const { output } = await attempt(suite, {
      Cmd: ["echo", "ran"],
      Nonsense: { a: 1 },
      HostConfig: { Nonsense: true },
    });

    expect(output).toBe("ran\n");
  });

  it("passes no descriptor of the engine on: to containers, to what is executed in them, or to their shims", async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => start()));
    const own = [suite.tdockd.layout.dataRoot, "/netns/", "net:[", suite.tdockd.layout.socket];

    const found = await Promise.all(
      ids.map(async (id) => {
        const exec = await suite.mustTdock(["exec", id, "ls", "/proc/self/fd"]);
        const { Pid } = (await suite.api("GET", `/containers/${id}/json`)).body.State;
        const [, shim = ""] = /^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${Pid}/status`, "utf8")) ?? [];
        const open = await targetsOf(shim);
        return [exec, await readdir(`/proc/${Pid}/fd`), open.filter((one) => own.some((text) => one.includes(text)))];
      }),
    );

    // `ls` has the folder open that it lists.
    for (const each of found) expect(each).toEqual(["0\n1\n2\n3", ["0", "1", "2"], []]);
    await Promise.all(ids.map(remove));
  });

  it("hands no annotation of a caller's to the runtime as a setting of its own", async () => {
    const Annotations = { "org.systemd.property.TasksMax": "uint64 1", "run.oci.handler": "krun" };
    const { status, output } = await attempt(suite, {
      Cmd: ["sh", "-c", "true | echo ran"],
      HostConfig: { Annotations },
    });

    expect([status, output]).toEqual([204, "ran\n"]);
  });

  it("does not let a set-user-ID program raise what no-new-privileges holds down", async () => {
    const script = "cp /bin/busybox /tmp/su; chmod 4755 /tmp/su; grep NoNewPrivs /proc/self/status";
    const { output } = await attempt(suite, {
      Cmd: ["sh", "-c", script],
      HostConfig: { SecurityOpt: ["no-new-privileges"] },
    });

    expect(output).toMatch(/NoNewPrivs:\s+1/);
  });

  it("mounts at a place in a shared volume that is being swapped without leaving the root", async () => {
    const swap = (target: string) => `mkdir -p /v/x; rm -rf /v/x; ln -sfn ${target} /v/x; rm -f /v/x`;
    // An absolute link, and one that climbs: what is made on the way to the mount must not be made on the host.
    const script = `while :; do ${swap(hostFolder)}; ${swap(`../../../../../../../..${hostFolder}`)}; done`;
    const swapper = await start({ Cmd: ["sh", "-c", script], HostConfig: { Binds: ["swapped:/v"] } });

    for (let round = 0; round < mountRounds; round += 1) {
      const { status } = await attempt(suite, {
        Cmd: ["true"],
        HostConfig: { Binds: ["swapped:/v", "inner:/v/x/deep"] },
      });
      expect([204, 400, 409, 500]).toContain(status);
      expect(await readdir(hostFolder)).toEqual(entries);
    }
    await remove(swapper);
  });

  it("lets exactly one of a hundred clients have a name", async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => create({}, "wanted")));

    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...new Array<number>(99).fill(409)]);
    await remove("wanted");
    expect((await create({}, "wanted")).status).toBe(201);
    await remove("wanted");
  });

  it("answers every one of many operations on one container at once, and ends in a state that is one", async () => {
    const id = await start();
    const operations = ["start", "stop?t=0", "kill", "pause", "unpause", "restart?t=0", "rename?name=raced", "update"];
    const random = operations.flatMap((operation) => [operation, operation, operation]);

    const answers = await Promise.all(
      random.map((operation) =>
        suite.api("POST", `/containers/${id}/${operation}`, operation === "update" ? {} : undefined),
      ),
    );

    for (const { status } of answers) expect([200, 204, 304, 400, 404, 409]).toContain(status);
    const { Status } = (await suite.api("GET", `/containers/${id}/json`)).body.State;
    expect(["running", "paused", "exited"]).toContain(Status);
    await remove(id);
  });

  it("thaws what is paused to stop and to remove it, and refuses to execute in it", async () => {
    for (const end of ["stop", "remove"]) {
      const id = await start();
      await suite.api("POST", `/containers/${id}/pause`);
      expect((await suite.api("POST", `/containers/${id}/exec`, { Cmd: ["true"] })).status).toBe(409);
      if (end === "stop") expect((await suite.api("POST", `/containers/${id}/stop?t=1`)).status).toBe(204);
      await remove(id);
    }
  });

  it("keeps a container whose client went away before its start, and starts it for another", async () => {
    const { Id } = (await create({ HostConfig: { AutoRemove: true } })).body;
    await suite.tdockd.closeConnections();

    expect((await suite.api("GET", `/containers/${Id}/json`)).body.State.Status).toBe("created");
    expect((await suite.api("POST", `/containers/${Id}/start`)).status).toBe(204);
    await remove(Id);
  });

  it("ends an exec whose client went away, and keeps the container", async () => {
    const id = await start();
    const gone = new AbortController();
    const client = suite.tdock(["exec", id, "sleep", "500"], { signal: gone.signal }).catch(() => undefined);
    const processes = async () =>
      ((await suite.api("GET", `/containers/${id}/top`)).body.Processes as string[][]).filter((line) =>
        line.join(" ").includes("sleep 500"),
      );
    await eventually(async () => expect(await processes()).toHaveLength(1));

    gone.abort();
    await client;

    await eventually(async () => expect(await processes()).toEqual([]));
    await remove(id);
  });

  it("knows an exec that was running when tdockd was killed, and its exit code", async () => {
    const id = await start();
    const { Id: execId } = (await suite.api("POST", `/containers/${id}/exec`, { Cmd: ["sh", "-c", "sleep 2; exit 9"] }))
      .body;
    expect((await suite.api("POST", `/exec/${execId}/start`, { Detach: true })).status).toBe(200);
    const { Pid } = (await suite.api("GET", `/exec/${execId}/json`)).body;
    await suite.tdockd.stop("SIGKILL");
    expect(await isAlive(Pid)).toBe(true);

    await suite.tdockd.start();

    await eventually(async () =>
      expect((await suite.api("GET", `/exec/${execId}/json`)).body).toMatchObject({ Running: false, ExitCode: 9 }),
    );
    await remove(id);
  });
}

/** What a process has open. */
async function targetsOf(pid: string): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  return Promise.all(descriptors.map((one) => readlink(`/proc/${pid}/fd/${one}`).catch(() => "")));
}
