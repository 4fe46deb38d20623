import { setTimeout } from "node:timers/promises";
import { randomFrom } from "@tdock/keeper/testing/random";
import { expect, it } from "vitest";
import type { ApiAnswer } from "../harness/instance/api-client.ts";
import { systemSuite } from "../harness/suite.ts";

/** By hand with some hundreds. */
const rounds = Number(process.env.TDOCK_TEST_ROUNDS ?? 40);
const clients = 4;
const patienceMs = 30_000;

/** What clients ask of one container at once; `-` is its ID. */
const asked = [
  ...["POST /containers/-/start", "POST /containers/-/start", "POST /containers/-/stop?t=0"],
  ...["POST /containers/-/kill", "POST /containers/-/restart?t=0", "POST /containers/-/pause"],
  ...["POST /containers/-/unpause", "POST /containers/-/wait", "POST /containers/-/rename?name=raced-"],
  ...["POST /containers/-/update", "POST /containers/prune", "DELETE /containers/-?force=1"],
  ...["GET /containers/-/json?size=1", "GET /containers/-/top", "GET /containers/-/stats?stream=0&one-shot=1"],
  ...["GET /containers/-/archive?path=/etc", "GET /containers/-/changes", "GET /containers/-/logs?stdout=1"],
  ...["GET /containers/json?all=1", "POST /containers/-/exec"],
];

systemSuite("races of operations on one container", (suite) => {
  const random = randomFrom(1);
  const wrong: string[] = [];

  /** Notes an answer that is the engine's fault, and none at all. */
  const ask = async (request: string, id = ""): Promise<ApiAnswer | undefined> => {
    const [method = "", path = ""] = request.replaceAll("-/", `${id}/`).replaceAll("-?", `${id}?`).split(" ");
    const body = path.endsWith("/update")
      ? { Memory: 64 << 20 }
      : path.endsWith("/exec")
        ? { Cmd: ["true"] }
        : undefined;
    try {
      const signal = AbortSignal.timeout(patienceMs);
      const answer = await suite.api(method as "GET", path.replace(/raced-$/, `raced-${id}`), body, { signal });
      if (answer.status >= 500) wrong.push(`${request}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer;
    } catch (error) {
      // An archive whose container is removed meanwhile cannot be finished; all else has an answer.
      if (!path.includes("/archive")) wrong.push(`${request}: ${error}`);
      return undefined;
    }
  };

  const start = async (exec: ApiAnswer | undefined) => {
    const id = exec?.body.Id;
    if (id === undefined) return;
    const { status } = await suite.api("POST", `/exec/${id}/start`, { Detach: true });
    if (status >= 500) wrong.push(`exec start: ${status}`);
  };

  const create = async () => {
    const policy = ["no", "no", "always"][random(3)];
    const answer = await suite.api("POST", "/containers/create", {
      Image: suite.busybox,
      Cmd: random(3) === 0 ? ["true"] : ["sleep", "600"],
      Volumes: { "/anonymous": {} },
      ExposedPorts: { "80/tcp": {} },
      HostConfig: {
        AutoRemove: policy === "no" && random(2) === 0,
        RestartPolicy: { Name: policy },
        PublishAllPorts: random(3) === 0,
      },
    });
    expect(answer.status).toBe(201);
    return answer.body.Id as string;
  };

  const race = async () => {
    const id = await create();
    if (random(2) === 0) await ask("POST /containers/-/start", id);
    const answers = Array.from({ length: 8 }, async () => {
      const request = asked[random(asked.length)] ?? "";
      const answer = await ask(request, id);
      if (request.endsWith("/exec")) await start(answer);
    });
    // It meets them all, or some; whoever waits for the container does so until then.
    await setTimeout(random(300));
    const removed = await ask("DELETE /containers/-?force=1&v=1", id);
    await Promise.all(answers);
    if ((await ask("GET /containers/-/json", id))?.status !== 404) wrong.push(`still there after ${removed?.status}`);
  };

  it("have an answer each, and leave nothing once the container is removed", { timeout: 600_000 }, async () => {
    let left = rounds;
    const client = async () => {
      while (left-- > 0) await race();
    };
    await Promise.all(Array.from({ length: clients }, client));

    expect(wrong).toEqual([]);
  });
});
