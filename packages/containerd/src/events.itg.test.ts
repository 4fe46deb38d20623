import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { processOf, testContainer } from "../../../test/harness/containerd-task.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { shortName } from "../../../test/harness/scratch.ts";
import { connectContainerd } from "./connect.ts";
import type { ContainerdEvent } from "./events.ts";

const SIGKILL = 9;

describe("events", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  /** Follows the topics from now on; `seen` grows until the subscription is disposed of. */
  async function follow(...topics: string[]) {
    const ending = new AbortController();
    const seen: ContainerdEvent[] = [];
    const subscription = containerd.client.events.subscribe(topics, { signal: ending.signal });
    expect(await subscription.next()).toEqual({ done: false, value: { kind: "subscribed" } });
    const end = (async () => {
      for await (const event of subscription) seen.push(event);
    })();
    end.catch(() => undefined);
    return {
      seen,
      end,
      [Symbol.asyncDispose]: async () => {
        ending.abort();
        await end.catch(() => undefined);
      },
    };
  }

  it("tells what happens to a task and its execs, from creation to deletion", async () => {
    const { tasks } = containerd.client;
    await using followed = await follow("^/tasks/");
    const { id, rootfs } = await testContainer(containerd, "sleep 1000");
    const pid = await tasks.create({ id, rootfs });
    await tasks.start({ id });
    await tasks.exec({ id, execId: "e1", process: processOf(["sh", "-c", "exit 5"]) });
    const execPid = await tasks.start({ id, execId: "e1" });
    const execExit = await tasks.wait({ id, execId: "e1" });
    await tasks.pause(id);
    await tasks.resume(id);
    await tasks.kill({ id, signal: SIGKILL });
    const exit = await tasks.wait({ id });
    await tasks.delete(id);

    await eventually(() => expect(followed.seen.at(-1)).toMatchObject({ event: "delete" }));

    const [first] = followed.seen;
    expect(first?.kind === "task" && Math.abs(first.at.getTime() - Date.now())).toBeLessThan(60_000);
    expect(followed.seen.map((event) => ({ ...event, at: undefined }))).toEqual([
      { kind: "task", event: "create", containerId: id, pid },
      { kind: "task", event: "start", containerId: id, pid },
      { kind: "task", event: "exec-added", containerId: id, execId: "e1" },
      { kind: "task", event: "exec-started", containerId: id, execId: "e1", pid: execPid },
      { kind: "task", event: "exit", containerId: id, id: "e1", pid: execPid, ...execExit },
      { kind: "task", event: "paused", containerId: id },
      { kind: "task", event: "resumed", containerId: id },
      { kind: "task", event: "exit", containerId: id, id, pid, ...exit },
      { kind: "task", event: "delete", containerId: id, id, pid, ...exit },
    ]);
  });

  it("tells that a task ran out of memory", async () => {
    const { tasks } = containerd.client;
    await using followed = await follow("^/tasks/oom");
    const resources = { memory: { limit: 16 << 20, swap: 16 << 20 } };
    const { id, rootfs } = await testContainer(containerd, 'x="$(cat /dev/zero | head -c 60000000 | cat -A)"', {
      linux: { resources },
    });
    await tasks.create({ id, rootfs });

    await tasks.start({ id });

    await eventually(() =>
      expect(followed.seen).toContainEqual(expect.objectContaining({ event: "oom", containerId: id })),
    );
  });

  it("passes on what it does not know", async () => {
    await using followed = await follow("^/mine/");

    await containerd.client.events.publish("/mine/own", "example.Thing", { a: 1 });

    await eventually(() => expect(followed.seen).toHaveLength(1));
    const [event] = followed.seen;
    expect(event).toMatchObject({ kind: "other", topic: "/mine/own", typeUrl: "example.Thing" });
    expect(event?.kind === "other" && JSON.parse(Buffer.from(event.value).toString())).toEqual({ a: 1 });
  });

  it("keeps to its topics and its namespace", async () => {
    await using followed = await follow("^/wanted$", "^/also/");
    await using other = connectContainerd({ address: containerd.address, namespace: "other" });
    await other.namespaces.ensure("other");

    await other.events.publish("/wanted", "example.Thing", {});
    await containerd.client.events.publish("/wanted-not", "example.Thing", {});
    await containerd.client.events.publish("/also/this", "example.Thing", {});
    await containerd.client.events.publish("/wanted", "example.Thing", {});

    await eventually(() => expect(followed.seen.at(-1)).toMatchObject({ topic: "/wanted" }));
    expect(followed.seen.map((event) => event.kind === "other" && event.topic)).toEqual(["/also/this", "/wanted"]);
  });

  it("tells everything when no topic is named, itself left out", async () => {
    await using followed = await follow();
    // The task that ran out of memory may be telling of its end.
    const seen = () => followed.seen.filter(({ kind }) => kind !== "task");

    await containerd.client.containers.create({ id: shortName(), spec: {} });

    await eventually(() => expect(seen()).toHaveLength(1));
    expect(seen()).toMatchObject([{ kind: "other", topic: "/containers/create" }]);
  });

  it("misses nothing that happens after subscribed", async () => {
    for (let round = 0; round < 20; round += 1) {
      await using followed = await follow("^/round/");

      await containerd.client.events.publish(`/round/n${round}`, "example.Thing", {});

      await eventually(() => expect(followed.seen).toMatchObject([{ topic: `/round/n${round}` }]));
    }
  });

  it("ends with canceled when the signal aborts, and with unavailable when containerd is killed", async () => {
    const canceled = await follow("^/x/");
    await canceled[Symbol.asyncDispose]();
    await expect(canceled.end).rejects.toMatchObject({ code: "canceled" });
    await using lost = await follow("^/x/");

    await containerd.kill();

    await expect(lost.end).rejects.toMatchObject({ code: "unavailable", reason: "disconnected" });
    await containerd.start();
  });
});
