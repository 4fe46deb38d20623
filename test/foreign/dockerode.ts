import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import Docker from "dockerode";
import { expect, it } from "vitest";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import type { Suite } from "../harness/suite.ts";

/** What its README shows of dockerode. */
export function dockerodeTests(suite: Suite): void {
  const connect = () => new Docker({ socketPath: suite.tdockd.layout.socket });
  const started = async (docker: Docker, command: string[], options: Docker.ContainerCreateOptions = {}) => {
    const container = await docker.createContainer({ Image: suite.busybox, Cmd: command, ...options });
    await container.start();
    return container;
  };

  it("pulls an image and follows the progress", async () => {
    const docker = connect();

    const stream = await docker.pull(suite.busybox);
    const events = await new Promise<{ status: string }[]>((resolve, reject) =>
      docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output))),
    );

    expect(events.at(-1)?.status).toBe(`Status: Image is up to date for ${suite.busybox}:latest`);
  });

  it.each(["1", "2"] as const)("builds an image with version %s of the builder", async (version) => {
    const docker = connect();
    const archive = await tarOf([
      file("Dockerfile", `FROM ${suite.busybox}\nCOPY f /f\nRUN cat /f\n`),
      file("f", "text"),
    ]);

    const stream = await docker.buildImage(Readable.from([archive]), { t: `rode:${version}`, version });
    const messages = await new Promise<object[]>((resolve, reject) =>
      docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output))),
    );

    const { Id } = await docker.getImage(`rode:${version}`).inspect();
    expect(messages).toContainEqual({ ...(version === "2" && { id: "moby.image.id" }), aux: { ID: Id } });
  });

  it("runs a command with run() and pipes what it prints", async () => {
    const output = new PassThrough();

    const [result, container] = await connect().run(suite.busybox, ["sh", "-c", "echo run; exit 4"], output);

    expect(result.StatusCode).toBe(4);
    expect(await text(output)).toBe("run\r\n");
    await container.remove();
  });

  it("attaches to both directions of a container through a hijacked connection", async () => {
    const docker = connect();
    const container = await docker.createContainer({
      ...{ Image: suite.busybox, Cmd: ["sh", "-c", "cat; echo end >&2"] },
      ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true },
    });
    const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    container.modem.demuxStream(stream, stdout, stderr);
    stream.on("end", () => void [stdout.end(), stderr.end()]);
    await container.start();

    stream.end("typed");

    expect(await Promise.all([text(stdout), text(stderr)])).toEqual(["typed", "end\n"]);
    expect(await container.wait()).toMatchObject({ StatusCode: 0 });
    await container.remove();
  });

  it("executes a command, resizes its terminal and inspects it", async () => {
    const container = await started(connect(), ["sleep", "600"]);

    const exec = await container.exec({
      Cmd: ["sh", "-c", "sleep 0.5; stty size; exit 6"],
      AttachStdout: true,
      Tty: true,
    });
    const stream = await exec.start({});
    await exec.resize({ h: 33, w: 99 });

    expect(await text(stream as Readable)).toBe("33 99\r\n");
    expect(await exec.inspect()).toMatchObject({ ExitCode: 6, Running: false });
    await container.remove({ force: true });
  });

  it("sees the events, the statistics, the processes and the log of a container", async () => {
    const docker = connect();
    const events = await docker.getEvents({ filters: { type: ["container"], event: ["start"] } });
    const container = await started(docker, ["sh", "-c", "echo logged; exec sleep 600"], { name: "dockerode" });

    const [event] = await Array.fromAsync((events as Readable).take(1), (chunk) => JSON.parse(String(chunk)));
    const stats = await container.stats({ stream: false });

    expect(event).toMatchObject({ Action: "start", id: container.id });
    expect(stats.memory_stats.usage).toBeGreaterThan(0);
    expect((await container.top()).Processes).toHaveLength(1);
    expect(String(await container.logs({ stdout: true, follow: false }))).toContain("logged\n");
    expect((await docker.listContainers({ filters: { name: ["dockerode"] } }))[0]?.Names).toEqual(["/dockerode"]);
    await container.stop({ t: 0 });
    expect((await container.inspect()).State).toMatchObject({ Status: "exited", ExitCode: 137 });
    await container.remove();
  });

  it("puts an archive into a container and gets it out", async () => {
    const container = await connect().createContainer({ Image: suite.busybox });

    await container.putArchive(await tarOf([file("note", "in and out")]), { path: "/tmp" });

    expect(await text((await container.getArchive({ path: "/tmp/note" })) as Readable)).toContain("in and out");
    await container.remove();
  });

  it("makes, connects and removes networks and volumes, and reads errors", async () => {
    const docker = connect();
    const network = await docker.createNetwork({ Name: "dockerode", Labels: { by: "dockerode" } });
    await docker.createVolume({ Name: "dockerode" });
    const container = await started(docker, ["sleep", "600"], { HostConfig: { Binds: ["dockerode:/data"] } });
    await network.connect({ Container: container.id });

    expect(Object.keys((await network.inspect()).Containers ?? {})).toEqual([container.id]);
    await expect(docker.getVolume("dockerode").remove()).rejects.toMatchObject({ statusCode: 409 });
    await container.remove({ force: true });
    await network.remove();
    await docker.getVolume("dockerode").remove();
    await expect(network.inspect()).rejects.toMatchObject({
      statusCode: 404,
      json: { message: expect.stringContaining("not found") },
    });
  });
}
