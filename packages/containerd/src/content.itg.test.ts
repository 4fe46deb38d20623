import { createHash, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { type Containerd, connectContainerd } from "./connect.ts";

const digestOf = (data: Uint8Array) => `sha256:${createHash("sha256").update(data).digest("hex")}`;
const lease = { lease: "tests" };

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Writes `data` as the content `ref`, in chunks of 100,000 bytes. */
async function store({ content }: Containerd, ref: string, data: Buffer): Promise<void> {
  await using writer = await content.openWriter({ ref, digest: digestOf(data), size: data.length }, lease);
  if (writer === undefined) throw new Error(`${ref} is there already`);
  for (let start = 0; start < data.length; start += 100_000) await writer.write(data.subarray(start, start + 100_000));
  await writer.commit({ "from.test": ref });
}

describe("content", () => {
  let containerd: TestContainerd;
  let client: Containerd;

  beforeAll(async () => {
    containerd = await startTestContainerd();
    client = containerd.client;
    await client.leases.create({ id: "tests" });
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  it("keeps bytes, size and labels", async () => {
    const data = randomBytes(3_500_000);

    await store(client, "whole", data);

    const info = await client.content.info(digestOf(data));
    expect(info).toMatchObject({ digest: digestOf(data), sizeBytes: data.length, labels: { "from.test": "whole" } });
    expect(info.createdAt).toBeInstanceOf(Date);
    expect(info.updatedAt).toBeInstanceOf(Date);
    expect((await collect(client.content.read(digestOf(data)))).equals(data)).toBe(true);
  });

  it("reads a part", async () => {
    const data = randomBytes(600_000);
    await store(client, "part", data);

    const part = await collect(client.content.read(digestOf(data), { offset: 1_000, size: 500_000 }));
    const rest = await collect(client.content.read(digestOf(data), { offset: 599_990 }));
    const over = await collect(client.content.read(digestOf(data), { offset: 599_990, size: 5_000 }));
    const nothing = await collect(client.content.read(digestOf(data), { offset: 600_000 }));

    expect(part.equals(data.subarray(1_000, 501_000))).toBe(true);
    expect(rest.equals(data.subarray(599_990))).toBe(true);
    expect(over.equals(rest)).toBe(true);
    expect(nothing.length).toBe(0);
    await expect(collect(client.content.read(digestOf(data), { offset: 600_001 }))).rejects.toMatchObject({
      code: "invalid-argument",
      reason: "out-of-range",
    });
  });

  it("stops reading when the reader leaves", async () => {
    const data = randomBytes(5_000_000);
    await store(client, "left", data);

    let seen = 0;
    for await (const piece of client.content.read(digestOf(data))) {
      seen += piece.length;
      break;
    }

    expect(seen).toBeLessThan(data.length);
  });

  it("reads a document up to a limit", async () => {
    const data = randomBytes(50_000);
    await store(client, "document", data);

    expect((await client.content.readAll(digestOf(data), 50_000)).equals(data)).toBe(true);
    await expect(client.content.readAll(digestOf(data), 49_999)).rejects.toMatchObject({ reason: "content-too-large" });
  });

  it("keeps an empty blob", async () => {
    await store(client, "empty", Buffer.alloc(0));

    expect(await collect(client.content.read(digestOf(Buffer.alloc(0))))).toEqual(Buffer.alloc(0));
  });

  it("needs neither digest nor size beforehand", async () => {
    const data = randomBytes(1_000);
    await using writer = await client.content.openWriter({ ref: "unannounced" }, lease);
    await writer?.write(data);

    await writer?.commit();

    expect((await client.content.info(digestOf(data))).sizeBytes).toBe(1_000);
  });

  it("has nothing to write where the content is already", async () => {
    const data = randomBytes(1_000);
    await store(client, "first", data);

    const again = await client.content.openWriter({ ref: "second", digest: digestOf(data), size: 1_000 }, lease);

    expect(again).toBeUndefined();
  });

  it("has only to commit what another namespace has", async () => {
    await client.namespaces.ensure("other");
    const data = randomBytes(1_000);
    await store(client, "shared", data);
    await using other = connectContainerd({ address: containerd.address, namespace: "other" });
    await other.leases.create({ id: "tests" });

    await using writer = await other.content.openWriter({ ref: "r", digest: digestOf(data), size: 1_000 }, lease);
    expect(writer?.offset).toBe(1_000);
    await writer?.commit({ a: "b" });

    expect((await other.content.readAll(digestOf(data), 1_000)).equals(data)).toBe(true);
    expect((await other.content.info(digestOf(data))).labels).toEqual({ a: "b" });
  });

  it("says when what another namespace had was deleted before the commit", async () => {
    await client.namespaces.ensure("other");
    const data = randomBytes(1_000);
    await store(client, "fleeting", data);
    await using other = connectContainerd({ address: containerd.address, namespace: "other" });
    const content = { ref: "fleeting", digest: digestOf(data), size: 1_000 };
    await using writer = await other.content.openWriter(content);

    await rm(join(blobs(), digestOf(data).slice("sha256:".length)));

    await expect(writer?.commit()).rejects.toMatchObject({ code: "conflict", reason: "content-collected" });
    expect(await other.content.find(digestOf(data))).toBeUndefined();
  });

  it("takes nothing for content that is not what was announced", async () => {
    const data = randomBytes(1_000);
    const wrong = { ref: "wrong", digest: digestOf(randomBytes(1)), size: 1_000 };
    await using writer = await client.content.openWriter(wrong, lease);
    await writer?.write(data);

    await expect(writer?.commit()).rejects.toMatchObject({ code: "invalid-argument", reason: "content-mismatch" });

    expect(await client.content.find(wrong.digest)).toBeUndefined();
    expect(await client.content.find(digestOf(data))).toBeUndefined();
  });

  it("takes nothing for content that is shorter than announced", async () => {
    const data = randomBytes(1_000);
    await using writer = await client.content.openWriter({ ref: "short", digest: digestOf(data), size: 1_001 }, lease);
    await writer?.write(data);

    await expect(writer?.commit()).rejects.toMatchObject({ reason: "content-mismatch" });
  });

  it("lets nobody else write under the same ref meanwhile", async () => {
    await using writer = await client.content.openWriter({ ref: "locked" }, lease);
    expect(writer).toBeDefined();

    await expect(client.content.openWriter({ ref: "locked" }, lease)).rejects.toMatchObject({
      code: "conflict",
      reason: "ref-locked",
    });
  });

  it("tells what has arrived, and forgets it when told to", async () => {
    const before = Date.now();
    const digest = digestOf(randomBytes(1));
    {
      await using writer = await client.content.openWriter({ ref: "half", digest, size: 5_000 }, lease);
      await writer?.write(randomBytes(2_000));
    }

    const status = await client.content.status("half");
    expect(status).toMatchObject({ ref: "half", offset: 2_000, total: 5_000 });
    expect(status.startedAt?.getTime()).toBeGreaterThan(before - 1_000);
    expect(status.updatedAt?.getTime()).toBeGreaterThan(before - 1_000);
    expect((await client.content.statuses(["ref==half"])).map(({ ref }) => ref)).toEqual(["half"]);
    await client.content.abort("half");

    await expect(client.content.status("half")).rejects.toMatchObject({ code: "not-found" });
  });

  it("goes on where a writer that was left in the middle had come to", async () => {
    const data = randomBytes(4_000_000);
    const wanted = { ref: "resumed", digest: digestOf(data), size: data.length };
    {
      await using writer = await client.content.openWriter(wanted, lease);
      await writer?.write(data.subarray(0, 2_500_000));
    }

    await using writer = await client.content.openWriter(wanted, lease);
    expect(writer?.offset).toBe(2_500_000);
    await writer?.write(data.subarray(2_500_000));
    await writer?.commit();

    expect((await collect(client.content.read(digestOf(data)))).equals(data)).toBe(true);
  });

  it("changes labels, lists by them, and deletes", async () => {
    const data = randomBytes(1_000);
    await store(client, "labelled", data);

    await client.content.updateLabels(digestOf(data), { "from.test": undefined, kind: "labelled" });

    const listed = await client.content.list(["labels.kind==labelled"]);
    expect(listed.map(({ digest, labels }) => ({ digest, labels }))).toEqual([
      { digest: digestOf(data), labels: { kind: "labelled" } },
    ]);
    await client.content.delete(digestOf(data));
    expect(await client.content.find(digestOf(data))).toBeUndefined();
    await expect(client.content.delete(digestOf(data))).rejects.toMatchObject({ code: "not-found" });
  });

  it("ends a writer with unavailable when containerd is killed, and goes on from what had arrived", async () => {
    const data = randomBytes(4_000_000);
    const wanted = { ref: "killed", digest: digestOf(data), size: data.length };
    await using lost = await client.content.openWriter(wanted, lease);
    await lost?.write(data.subarray(0, 2_500_000));
    await containerd.kill();

    await expect(lost?.commit()).rejects.toMatchObject({ code: "unavailable", reason: "disconnected" });

    await containerd.start();
    await using writer = await client.content.openWriter(wanted, lease);
    await writer?.write(data.subarray(writer.offset));
    await writer?.commit();
    expect((await collect(client.content.read(digestOf(data)))).equals(data)).toBe(true);
  });

  const blobs = () => join(containerd.folder, "root/io.containerd.content.v1.content/blobs/sha256");
});
