import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { DockerClient, Filter } from "@docker/node-sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Suite } from "../harness/suite.ts";

/** What Docker's SDK for Node offers, as its tests and examples use it. */
export function dockerSdkTests(suite: Suite): void {
  let docker: DockerClient;
  beforeAll(async () => {
    docker = await DockerClient.fromDockerHost(`unix://${suite.tdockd.layout.socket}`);
  });
  afterAll(() => docker.close());

  const started = async (...command: string[]) => {
    const { Id } = await docker.containerCreate({ Image: suite.busybox, Cmd: command });
    await docker.containerStart(Id);
    return Id;
  };

  it("pings the engine and reads its version", async () => {
    expect(await docker.systemPing()).toBe("1.51");
    expect((await docker.systemVersion()).Components?.map(({ Name }) => Name)).toContain("containerd");
    expect((await docker.systemInfo()).OSType).toBe("linux");
  });

  it("pulls, inspects, tags and deletes an image", async () => {
    await docker.imageCreate({ fromImage: suite.busybox }).wait();
    await docker.imageTag(suite.busybox, "sdk", "one");

    expect((await docker.imageInspect("sdk:one")).RepoTags).toContain("sdk:one");
    expect(await docker.imageDelete("sdk:one")).toEqual([{ Untagged: "sdk:one" }]);
  });

  it("runs a container to its end and reads its log, each stream on its own", async () => {
    const id = await started("sh", "-c", "echo out; echo err >&2; exit 5");

    expect((await docker.containerWait(id)).StatusCode).toBe(5);
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    await docker.containerLogs(id, stdout, stderr, { stdout: true, stderr: true });
    expect(await Promise.all([text(stdout.end()), text(stderr.end())])).toEqual(["out\n", "err\n"]);
    await docker.containerDelete(id);
  });

  it("executes a command in a running container", async () => {
    const id = await started("sleep", "600");
    const output = new PassThrough();

    const exec = await docker.containerExec(id, { Cmd: ["sh", "-c", "echo exec; exit 2"], AttachStdout: true });
    await docker.execStart(exec.Id, output, output, {});

    expect(await text(output.end())).toBe("exec\n");
    expect((await docker.execInspect(exec.Id)).ExitCode).toBe(2);
    await docker.containerDelete(id, { force: true });
  });

  it("pauses, renames and lists containers by filter", async () => {
    const id = await started("sleep", "600");
    await docker.containerPause(id);
    await docker.containerUnpause(id);
    await docker.containerRename(id, "renamed-by-sdk");

    const found = await docker.containerList({ filters: new Filter().add("name", "renamed-by-sdk") });

    expect(found.map(({ Id, State }) => [Id, State])).toEqual([[id, "running"]]);
    await docker.containerDelete(id, { force: true });
  });

  it("exports a container's files, and tells what changed in them", async () => {
    const id = await started("touch", "/made");
    await docker.containerWait(id);
    const { readable, writable } = new TransformStream<Uint8Array>();

    const [archive] = await Promise.all([text(readable), docker.containerArchive(id, "/made", writable)]);

    expect(archive).toContain("made");
    expect(await docker.containerChanges(id)).toContainEqual({ Path: "/made", Kind: 1 });
    await docker.containerDelete(id);
  });

  it("makes and deletes networks and volumes", async () => {
    const { Id } = await docker.networkCreate({ Name: "sdk" });
    await docker.volumeCreate({ Name: "sdk" });

    expect((await docker.networkInspect(Id)).Name).toBe("sdk");
    expect((await docker.volumeInspect("sdk")).Driver).toBe("local");
    await docker.networkDelete(Id);
    await docker.volumeDelete("sdk");
  });

  it("tells a container that does not exist from other failures", async () => {
    // This version throws the class itself.
    await expect(docker.containerInspect("nobody")).rejects.toHaveProperty("name", "NotFoundError");
  });
}
