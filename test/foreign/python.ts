import { expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { runProgram } from "../harness/program.ts";
import type { Suite } from "../harness/suite.ts";

/** What the documentation of Docker's SDK for Python shows, with the version that Debian has. */
export function pythonTests(suite: Suite): void {
  /** Runs a script to which `client` and `image` are known, and gives what it prints. */
  const python = async (script: string) => {
    const start = `import docker, sys\nclient = docker.from_env()\nimage = sys.argv[1]\n`;
    const args = ["-c", start + script, suite.busybox];
    const { stdout, stderr } = await runProgram("/usr/bin/python3", args, { env: suite.tdockd.clientEnv });
    expect(stderr).toBe("");
    return stdout;
  };

  it("runs a container and gives its output", async () => {
    expect(await python(`print(client.containers.run(image, "echo hello world", remove=True))`)).toBe(
      "b'hello world\\n'\n",
    );
    const script = `print(client.containers.run(image, "grep -c ' /data ' /proc/mounts", volumes=["/data"], remove=True))`;
    expect(await python(script)).toBe("b'1\\n'\n");
    const lines = `print(list(client.containers.run(image, ["printf", "one\\\\ntwo\\\\n"], stream=True)))`;
    expect(await python(lines)).toBe("[b'one\\n', b'two\\n']\n");
  });

  it("raises what a container that fails printed", async () => {
    const script = `
try:
    client.containers.run(image, ["sh", "-c", "echo broken >&2; exit 3"], remove=True)
except docker.errors.ContainerError as error:
    print(error.exit_status, error.stderr)
try:
    client.containers.get("nobody")
except docker.errors.NotFound as error:
    print(error.explanation)`;

    expect(await python(script)).toBe("3 b'broken\\n'\nNo such container: nobody\n");
  });

  it("runs in the background: lists, logs, executes, copies, stops and removes", async () => {
    const script = `
import io, tarfile
container = client.containers.run(image, ["sh", "-c", "echo started; exec sleep 600"], detach=True, name="python",
    labels={"by": "python"}, environment={"A": "1"}, mem_limit="64m", volumes={"python": {"bind": "/data"}})
print([c.name for c in client.containers.list(filters={"label": "by=python"})])
print(next(container.logs(stream=True, follow=True)))
print(container.exec_run(["sh", "-c", "echo $A; exit 2"]))
print(container.exec_run("sh -c 'echo out; echo err >&2'", demux=True).output)
content = io.BytesIO()
with tarfile.open(fileobj=content, mode="w") as archive:
    entry = tarfile.TarInfo("note"); entry.size = 2; archive.addfile(entry, io.BytesIO(b"hi"))
print(container.put_archive("/data", content.getvalue()))
chunks, stat = container.get_archive("/data/note")
print(stat["name"], stat["size"], b"hi" in b"".join(chunks))
container.pause(); container.reload(); print(container.status); container.unpause()
print(container.stats(stream=False)["memory_stats"]["limit"])
container.stop(timeout=0); print(container.wait()["StatusCode"])
container.remove(); client.volumes.get("python").remove()`;

    expect((await python(script)).trim().split("\n")).toEqual([
      "['python']",
      "b'started\\n'",
      "ExecResult(exit_code=2, output=b'1\\n')",
      "(b'out\\n', b'err\\n')",
      "True",
      "note 2 True",
      "paused",
      `${64 << 20}`,
      "137",
    ]);
  });

  it("pulls, tags, saves and loads images, and makes networks", async () => {
    const script = `
pulled = client.images.pull(image)
print(pulled.tag("python", "one"), "python:one" in client.images.get("python:one").tags)
archive = b"".join(client.images.get("python:one").save(named="python:one"))
client.images.remove("python:one")
print([loaded.tags for loaded in client.images.load(archive)][0].count("python:one"))
client.images.remove("python:one")
network = client.networks.create("python", driver="bridge")
print(network.name, client.networks.list(names=["python"])[0].id == network.id); network.remove()
print(client.ping(), client.info()["OSType"])`;

    expect((await python(script)).trim().split("\n")).toEqual(["True True", "1", "python True", "True linux"]);
  });

  it("builds an image with arguments, and raises what a step that fails says", async () => {
    const Dockerfile = "FROM BASE\nARG A=1\nCOPY f /f\nRUN echo $A >> /f && test $A != bad\nCMD cat /f\n";
    const folder = await buildContext(suite, { Dockerfile, f: "of the context\n" });
    const script = `
built, lines = client.images.build(path="${folder}", tag="python-built:1", buildargs={"A": "given"}, rm=True)
print(built.tags, any("Successfully built" in line.get("stream", "") for line in lines))
print(client.containers.run("python-built:1", remove=True))
try:
    client.images.build(path="${folder}", buildargs={"A": "bad"})
except docker.errors.BuildError as error:
    print("non-zero code: 1" in error.msg, len(list(error.build_log)) > 1)
client.images.remove("python-built:1")`;

    expect((await python(script)).trim().split("\n")).toEqual([
      "['python-built:1'] True",
      "b'of the context\\ngiven\\n'",
      "True True",
    ]);
  });

  it("attaches to a container's socket and writes to it", async () => {
    const script = `
container = client.containers.create(image, "cat", stdin_open=True)
socket = container.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
container.start(); socket._sock.sendall(b"typed\\n")
print(socket.read(14)[8:], flush=True); container.remove(force=True)
# Python 3.13 complains of docker-py's response, whose socket was taken, when it tidies up.
import os; os._exit(0)`;

    expect(await python(script)).toBe("b'typed\\n'\n");
  });
}
