import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { processesWith, programOf } from "../harness/instance/processes.ts";
import { programs } from "../harness/instance/programs.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

const megabyte = 1 << 20;

systemSuite("streams of containers", (suite) => {
  const { mustTdock } = suite;

  it.each([
    ["exec", "exec -i both cat"],
    ["run", `run --rm -i IMAGE cat`],
  ])("%s carries 200 MB in and out at the same time, to the last byte", async (_, command) => {
    await mustTdock(["run", "-d", "--name=both", suite.busybox, "sleep", "600"]);
    const file = join(suite.tdockd.layout.root, "bytes");
    const script = `head -c 200000000 /dev/urandom > ${file}; sha256sum < ${file}
${programs.tdock} ${command.replace("IMAGE", suite.busybox)} < ${file} | sha256sum; rm ${file}`;

    const sums = await mustRun("sh", ["-c", script], { env: suite.tdockd.clientEnv });

    const [sent, received, ...rest] = sums.trimEnd().split("\n");
    expect(received).toBe(sent);
    expect(rest).toEqual([]);
    await mustTdock(["rm", "-f", "both"]);
  });

  it("take a storm of resizes, of which the last one holds", async () => {
    await mustTdock(["run", "-dit", "--name=resized", suite.busybox, "sh"]);
    const created = await suite.api("POST", "/containers/resized/exec", {
      ...{ Cmd: ["sh"], Tty: true },
      ...{ AttachStdin: true, AttachStdout: true },
    });
    const exec = `/exec/${created.body.Id}`;
    using terminal = openTerminal(programs.tdock, ["attach", "resized"], { env: suite.tdockd.clientEnv });
    await suite.api("POST", `${exec}/start`, { Detach: true, Tty: true });
    await terminal.waitFor("#");
    const sizes = Array.from({ length: 500 }, (_, index) => `h=${1 + (index % 50)}&w=${10 + (index % 190)}`);

    const answers = await Promise.all(
      sizes.flatMap((size) => [
        suite.api("POST", `/containers/resized/resize?${size}`),
        suite.api("POST", `${exec}/resize?${size}`),
      ]),
    );
    await suite.api("POST", "/containers/resized/resize?h=33&w=77");
    terminal.type("stty size\r");

    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
    await terminal.waitFor("33 77");
    await mustTdock(["rm", "-f", "resized"]);
  });

  it("cost no memory for followers of a log that do not read, and these do not hold the container up", async () => {
    const script = "while [ ! -e /go ]; do sleep 0.05; done; yes | head -c 200000000";
    await mustTdock(["run", "-d", "--name=loud", suite.busybox, "sh", "-c", script]);
    const before = await heldBytes();
    await using _unread = await unreadStreams("GET", ["loud/logs?follow=1&stdout=1", "loud/logs?follow=1&stdout=1"]);

    await mustTdock(["exec", "loud", "touch", "/go"]);

    expect(await mustTdock(["wait", "loud"])).toBe("0");
    expect((await heldBytes()) - before).toBeLessThan(64 * megabyte);
  });

  it("stand still for a client that is attached and does not read, and cost no memory; the container can be killed", async () => {
    await mustTdock(["run", "-d", "--name=held", suite.busybox, "sh", "-c", "exec yes"]);
    const before = await heldBytes();
    await using _unread = await unreadStreams("POST", ["held/attach?stream=1&stdout=1"]);
    const printed = async () => (await mustTdock(["exec", "held", "cat", "/proc/1/io"])).match(/wchar: (\d+)/)?.[1];

    // It stands still where it wrote as much at two moments.
    let last: string | undefined;
    await eventually(async () => {
      const [one, next] = [last, await printed()];
      last = next;
      expect(next).toMatch(/^\d+$/);
      expect(next).toBe(one);
    });

    expect((await heldBytes()) - before).toBeLessThan(64 * megabyte);
    await mustTdock(["kill", "held"]);
    expect(await mustTdock(["wait", "held"])).toBe("137");
  });

  /** Answers whose head has come and whose body nobody reads, until they are disposed of. */
  async function unreadStreams(method: "GET" | "POST", paths: readonly string[]): Promise<AsyncDisposable> {
    const stop = new AbortController();
    const { signal } = stop;
    const open = (path: string) => suite.tdockd.apiStream(method, `/containers/${path}`, undefined, { signal });
    const answers = await Promise.all(paths.map(open));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(paths.map(() => 200));
    return {
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        await Promise.all(answers.map(({ body }) => body.dump().catch(() => {})));
      },
    };
  }

  /** What tdockd and its keeper hold of memory of their own. */
  async function heldBytes(): Promise<number> {
    const all = await processesWith(`${suite.tdockd.layout.root}/`);
    const keepers = all.filter((process) => /keeper/.test(programOf(process))).map(({ pid }) => pid);
    const held = await Promise.all(
      [suite.tdockd.pid, ...keepers].map(async (pid) => {
        const status = await readFile(`/proc/${pid}/status`, "utf8");
        return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
      }),
    );
    return held.reduce((sum, bytes) => sum + bytes, 0);
  }
});
