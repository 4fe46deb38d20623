import { join } from "node:path";
import { text } from "node:stream/consumers";
import { GenericContainer, Network, Wait } from "testcontainers";
import { beforeAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { mustRun } from "../harness/program.ts";
import type { Suite } from "../harness/suite.ts";

/** What its documentation shows of Testcontainers for Node. The image `reaper` stands in for its reaper's. */
export function testcontainersTests(suite: Suite): void {
  const environment = () => ({ ...suite.tdockd.clientEnv, RYUK_CONTAINER_IMAGE: suite.image("reaper") });
  const webServer = () =>
    new GenericContainer(suite.busybox)
      .withCommand(["sh", "-c", "mkdir /www; echo hello > /www/index.html; echo ready; exec httpd -f -p 80 -h /www"])
      .withExposedPorts(80);

  // The library reads them when it is used for the first time.
  beforeAll(() => void Object.assign(process.env, environment()));

  it("starts a container and waits for its HTTP answer, its log, its ports, or a command", async () => {
    await using container = await webServer()
      .withWaitStrategy(
        Wait.forAll([
          Wait.forHttp("/", 80).forStatusCode(200),
          Wait.forLogMessage("ready"),
          Wait.forListeningPorts(),
          Wait.forSuccessfulCommand("test -e /www/index.html"),
        ]),
      )
      .start();

    const answer = await fetch(`http://${container.getHost()}:${container.getMappedPort(80)}/`);

    expect(await answer.text()).toBe("hello\n");
  });

  it("waits for a health check, and for a container that does its work and ends", async () => {
    await using healthy = await webServer()
      .withHealthCheck({ test: ["CMD-SHELL", "test -e /www"], interval: 300, timeout: 3000, retries: 20 })
      .withWaitStrategy(Wait.forHealthCheck())
      .start();
    await using once = await new GenericContainer(suite.busybox)
      .withCommand(["echo", "done"])
      .withWaitStrategy(Wait.forOneShotStartup())
      .start();

    expect((await suite.api("GET", `/containers/${healthy.getId()}/json`)).body.State.Health.Status).toBe("healthy");
    expect(await text(await once.logs())).toBe("done\n");
  });

  it("builds a Dockerfile with arguments and a target, and runs what comes of it", async () => {
    const lines = ["FROM BASE AS wanted", "ARG A=1", "COPY f /f", "RUN echo $A >> /f", "FROM BASE", "RUN exit 1"];
    const folder = await buildContext(suite, { Dockerfile: lines.join("\n"), f: "of the context\n" });

    const image = await GenericContainer.fromDockerfile(folder)
      .withBuildArgs({ A: "given" })
      .withTarget("wanted")
      .build("testcontainers-built:1", { deleteOnExit: false });
    await using container = await image.withCommand(["sleep", "600"]).start();

    expect((await container.exec(["cat", "/f"])).stdout).toBe("of the context\ngiven\n");
    await suite.mustTdock(["rmi", "-f", "testcontainers-built:1"]);
  });

  it("executes commands in a container with environment, folder and user", async () => {
    await using container = await webServer().start();

    const options = { env: { A: "1" }, workingDir: "/www", user: "65534:65534" };
    const result = await container.exec(["sh", "-c", "echo $A; pwd; id -u; echo err >&2; exit 3"], options);

    expect(result).toMatchObject({ exitCode: 3, stdout: "1\n/www\n65534\n", stderr: "err\n" });
  });

  it("copies content and files in before the start and while it runs, and an archive out", async () => {
    await using container = await webServer()
      .withCopyContentToContainer([{ content: "before", target: "/copied/before", mode: 0o640 }])
      .start();
    await container.copyFilesToContainer([{ source: join(import.meta.dirname, "abandon-container.ts"), target: "/f" }]);
    const archive = await container.copyArchiveFromContainer("/copied");

    expect((await container.exec(["stat", "-c", "%a", "/copied/before"])).output).toBe("640\n");
    expect((await container.exec(["head", "-c", "9", "/f"])).output).toBe("// Starts");
    expect(await text(archive as NodeJS.ReadableStream & AsyncIterable<Uint8Array>)).toContain("before");
  });

  it("puts containers on a network of their own, where they find each other by alias", async () => {
    await using network = await new Network().start();
    await using server = await webServer().withNetwork(network).withNetworkAliases("site").start();
    await using client = await new GenericContainer(suite.busybox)
      .withCommand(["sleep", "600"])
      .withNetwork(network)
      .start();

    expect((await client.exec(["wget", "-qO-", "http://site/"])).output).toBe("hello\n");
    expect(server.getNetworkNames()).toContain(network.getName());
  });

  it("hands a container's log to a consumer while it runs", async () => {
    const lines: string[] = [];
    await using container = await new GenericContainer(suite.busybox)
      .withCommand(["sh", "-c", "echo one; sleep 0.3; echo two >&2; sleep 600"])
      .withLogConsumer((stream) => void stream.on("data", (chunk) => lines.push(String(chunk))))
      .start();

    await eventually(() => expect(lines.join("")).toBe("one\ntwo\n"));
    await container.restart();
    expect((await container.exec("true")).exitCode).toBe(0);
  });

  it("leaves what a test that ended left behind to its reaper, which has the engine's socket", async () => {
    const script = join(import.meta.dirname, "abandon-container.ts");

    const id = (await mustRun(process.execPath, [script, suite.busybox], { env: environment() })).trim();

    expect(id).toMatch(/^[0-9a-f]{64}$/);
    await eventually(async () => expect((await suite.api("GET", `/containers/${id}/json`)).status).toBe(404));
  });
}
