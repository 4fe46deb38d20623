import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { type Outcome, runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

/** Three services: a store with a health check, a web server that waits for it, workers that are scaled. */
const project = (image: string) => `
version: "2.4"
services:
  store:
    image: ${image}
    command: sh -c "hostname > /data/name; exec httpd -f -p 80 -h /data"
    hostname: store
    volumes: ["data:/data"]
    networks:
      back: { aliases: [database] }
    healthcheck: { test: ["CMD", "wget", "-qO/dev/null", "http://127.0.0.1/name"], interval: 1s, retries: 10 }
  web:
    image: ${image}
    command: sh -c "wget -qO /tmp/name http://database/name; wget -qO /tmp/linked http://warehouse/name; exec httpd -f -p 80 -h /tmp"
    links: ["store:warehouse"]
    depends_on: { store: { condition: service_healthy } }
    ports: ["127.0.0.1::80"]
    environment: { ROLE: front }
    networks: [front, back]
  worker:
    image: ${image}
    command: sleep 600
    networks: [back]
    tmpfs: [/scratch]
networks:
  front: {}
  back: { internal: true, ipam: { config: [{ subnet: 10.76.0.0/24 }] } }
volumes:
  data: { labels: { kept: "yes" } }
`;

systemSuite("Debian's docker-compose against tdockd", (suite) => {
  const folder = () => join(suite.tdockd.layout.root, "shop");
  const compose = async (...args: string[]): Promise<Outcome> => {
    const env = { ...suite.tdockd.clientEnv, COMPOSE_HTTP_TIMEOUT: "120" };
    return runProgram("docker-compose", ["--no-ansi", ...args], { cwd: folder(), env, timeoutMs: 120_000 });
  };
  const mustCompose = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await compose(...args);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout, stderr });
    return stdout.trim();
  };

  it("brings three services up in their order, with networks, aliases, volumes and ports", async () => {
    await mkdir(folder());
    await writeFile(join(folder(), "docker-compose.yml"), project(suite.busybox));

    await mustCompose("up", "-d");

    const place = await mustCompose("port", "web", "80");
    await eventually(async () => {
      for (const name of ["name", "linked"])
        expect(await fetch(`http://${place}/${name}`).then((answer) => answer.text())).toBe("store\n");
    });
    expect((await mustCompose("ps", "-q")).split("\n")).toHaveLength(3);
  });

  it("scales a service, and every copy is found by its name", async () => {
    await mustCompose("up", "-d", "--scale", "worker=3");

    const answer = await mustCompose("exec", "-T", "web", "nslookup", "-type=a", "worker");

    expect(new Set(answer.match(/^Address: 10\.76\.0\.\d+$/gm)).size).toBe(3);
  });

  it("runs commands and shows logs", async () => {
    expect(await mustCompose("exec", "-T", "web", "sh", "-c", "echo $ROLE")).toBe("front");
    expect(await mustCompose("run", "--rm", "worker", "echo", "once")).toBe("once");
    expect((await compose("logs", "--no-color", "store")).exitCode).toBe(0);
  });

  it("stops, starts and recreates without losing data", async () => {
    await mustCompose("exec", "-T", "store", "sh", "-c", "echo kept > /data/kept");
    await mustCompose("stop", "-t", "1");
    await mustCompose("start");
    await mustCompose("up", "-d", "--force-recreate", "-t", "1", "store");

    expect(await mustCompose("exec", "-T", "store", "cat", "/data/kept")).toBe("kept");
  });

  it("builds a service's image from its folder, and anew when its files change", async () => {
    const context = await buildContext(suite, {
      Dockerfile: "FROM BASE\nARG A\nCOPY f /f\nRUN echo $A >> /f\n",
      f: "1\n",
    });
    const service = `{ image: composed, command: cat /f, build: { context: ${context}, args: { A: given } } }`;
    await writeFile(join(folder(), "built.yml"), `version: "2.4"\nservices:\n  made: ${service}\n`);
    const run = () => mustCompose("-f", "built.yml", "-p", "built", "run", "--rm", "made");

    await mustCompose("-f", "built.yml", "-p", "built", "build");
    const first = await run();
    await writeFile(join(context, "f"), "2\n");
    await mustCompose("-f", "built.yml", "-p", "built", "build");

    expect([first, await run()].map((text) => text.replaceAll("\r", ""))).toEqual(["1\ngiven", "2\ngiven"]);
    await mustCompose("-f", "built.yml", "-p", "built", "down", "--rmi", "all");
    await suite.mustTdock(["builder", "prune", "-af"]);
  });

  it("takes everything down, volumes included", async () => {
    await mustCompose("down", "-v", "-t", "1");

    expect(await suite.mustTdock(["ps", "-aq"])).toBe("");
    expect(await suite.mustTdock(["volume", "ls", "-q"])).toBe("");
    expect(await suite.mustTdock(["network", "ls", "-q", "--filter", "type=custom"])).toBe("");
  });
});
