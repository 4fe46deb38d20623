import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock logs", (suite) => {
  /** Runs a script to its end and gives the container's id. */
  const printed = async (script: string, ...flags: string[]) => {
    const id = await suite.mustTdock(["run", "-d", ...flags, suite.busybox, "sh", "-c", script]);
    await suite.mustTdock(["wait", id]);
    return id;
  };

  it("keeps stdout and stderr apart and in order", async () => {
    const id = await printed("echo one; echo two >&2; echo three");

    expect(await suite.tdock(["logs", id])).toEqual({ stdout: "one\nthree\n", stderr: "two\n", exitCode: 0 });
  });

  it("gives exactly the bytes that were printed, without newlines and text in them too", async () => {
    const id = await printed("head -c 3000000 /dev/urandom | tee /tmp/x; sha256sum /tmp/x >&2");

    const raw = await suite.tdockd.apiStream("GET", `/containers/${id}/logs?stdout=1&stderr=1`);
    const streams = splitFrames(Buffer.from(await raw.body.arrayBuffer()));

    expect(createHash("sha256").update(streams[1]).digest("hex")).toBe(streams[2].toString().slice(0, 64));
  });

  it("gives the last lines with --tail", async () => {
    const id = await printed("seq 1000");

    expect((await suite.tdock(["logs", "--tail=3", id])).stdout).toBe("998\n999\n1000\n");
    expect((await suite.tdock(["logs", "-n", "0", id])).stdout).toBe("");
    for (const all of ["all", "-1", "undefined"])
      expect((await suite.tdock(["logs", `--tail=${all}`, id])).stdout.split("\n")).toHaveLength(1001);
  });

  it("gives the lines between --since and --until, and their times with -t", async () => {
    const id = await printed("echo early; sleep 1.2; echo late");
    const [, early = "", late = ""] =
      /^(\S+) early\n(\S+) late\n$/.exec((await suite.tdock(["logs", "-t", id])).stdout) ?? [];

    expect((await suite.tdock(["logs", "--since", late, id])).stdout).toBe("late\n");
    expect((await suite.tdock(["logs", "--until", early, id])).stdout).toBe("early\n");
  });

  it("follows a running container until it ends, from a position on", async () => {
    const script = "echo first; sleep 0.5; for i in 1 2 3; do echo $i; sleep 0.1; done";
    const id = await suite.mustTdock(["run", "-d", suite.busybox, "sh", "-c", script]);

    const followers = await Promise.all([1, 2, 3].map(() => suite.tdock(["logs", "-f", id])));

    for (const { stdout } of followers) expect(stdout).toBe("first\n1\n2\n3\n");
  });

  it("rotates: a container that prints more than its log may hold keeps the latest", async () => {
    const id = await printed("seq 400000", "--log-opt=max-size=100k", "--log-opt=max-file=2");

    const lines = (await suite.tdock(["logs", id])).stdout.trimEnd().split("\n").map(Number);

    expect(lines.at(-1)).toBe(400_000);
    expect(lines.length).toBeLessThan(400_000);
    expect(lines.findIndex((line, index) => line !== (lines[0] ?? 0) + index)).toBe(-1);
  });

  it("cuts a line without end into parts and puts none of them on a line of its own", async () => {
    const id = await printed("head -c 100000 /dev/zero | tr '\\0' x; echo; echo next");

    expect((await suite.tdock(["logs", id])).stdout).toBe(`${"x".repeat(100_000)}\nnext\n`);
  });

  it("has nothing to show with driver none, and says so", async () => {
    const id = await printed("echo gone", "--log-driver=none");

    const { exitCode, stderr } = await suite.tdock(["logs", id]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("configured logging driver does not support reading");
  });

  it("names a container that does not exist", async () => {
    expect(await suite.tdock(["logs", "nobody"])).toEqual({
      stdout: "",
      stderr: "Error response from daemon: No such container: nobody\n",
      exitCode: 1,
    });
  });
});

/** The bytes of each stream of a multiplexed answer: 8-byte heads with stream and length, then the bytes. */
function splitFrames(bytes: Buffer): Record<1 | 2, Buffer> {
  const parts: Record<number, Buffer[]> = { 1: [], 2: [] };
  for (let offset = 0; offset < bytes.length; ) {
    const size = bytes.readUInt32BE(offset + 4);
    parts[bytes[offset] ?? 0]?.push(bytes.subarray(offset + 8, offset + 8 + size));
    offset += 8 + size;
  }
  return { 1: Buffer.concat(parts[1] ?? []), 2: Buffer.concat(parts[2] ?? []) };
}
