import type { DuplexCall, Rpc } from "@tdock/containerd/rpc";
import { TdockError } from "@tdock/errors/error";
import { type BytesMessageSchema, FileSend, FileSync } from "./gen/filesync_pb.ts";
import { type PacketSchema, Packet_PacketType as PacketType } from "./gen/fsutil_pb.ts";

/** Larger messages are cut: clients take 4 MiB at most. */
const maxMessageBytes = 1024 * 1024;

/** The first, and here only, output that a client has asked for. */
const headers = { "buildkit-attachable-exporter-id": "0" };

/** Sends an archive to a client that wants its output as one. Resolves when the client has all of it. */
export async function sendArchive(rpc: Rpc, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const call = rpc.duplex(FileSend.method.diffCopy, { signal, headers });
  for await (const chunk of bytes) await sendBytes(call, chunk);
  call.end();
  await untilEnded(call);
}

async function sendBytes(
  call: DuplexCall<typeof BytesMessageSchema, typeof BytesMessageSchema>,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += maxMessageBytes) {
    await call.send({ data: bytes.subarray(at, at + maxMessageBytes) });
  }
}

/** A file as it is described to a client. */
export interface SentFile {
  /** Relative, slash-separated, clean. */
  readonly path: string;
  /** Go's `os.FileMode`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Nanoseconds since 1970. */
  readonly modifiedNs: bigint;
  /** What a symbolic link says, else "". */
  readonly linkname: string;
  readonly major: number;
  readonly minor: number;
  /** Its bytes, when it is an ordinary file. */
  open?(): AsyncIterable<Uint8Array>;
}

/**
 * Sends files to a client that wants its output as a folder: each folder before what is in it, names in the order of
 * their bytes. Resolves when the client has all that it asked for. Follows fsutil's `send.go`.
 */
export async function sendFiles(rpc: Rpc, files: Iterable<SentFile>, signal: AbortSignal): Promise<void> {
  const call = rpc.duplex({ ...FileSync.method.diffCopy, parent: FileSend }, { signal, headers });
  const contents: SentFile["open"][] = [];
  for (const file of files) {
    contents.push(file.open);
    await call.send({ type: PacketType.PACKET_STAT, stat: statOf(file) });
  }
  await call.send({ type: PacketType.PACKET_STAT });
  for (;;) {
    const { type, ID, data } = await call.receive();
    if (type === PacketType.PACKET_ERR) {
      throw new TdockError("invalid-argument", `the client could not take the files: ${Buffer.from(data)}`);
    }
    if (type === PacketType.PACKET_FIN) break;
    await sendContent(call, ID, contents[ID]);
  }
  await call.send({ type: PacketType.PACKET_FIN });
  call.end();
  await untilEnded(call);
}

type FileCall = DuplexCall<typeof PacketSchema, typeof PacketSchema>;

async function sendContent(call: FileCall, ID: number, open: SentFile["open"]): Promise<void> {
  if (open === undefined) throw new TdockError("invalid-argument", `the client asks for file ${ID}, which is none`);
  for await (const data of open()) await call.send({ type: PacketType.PACKET_DATA, ID, data });
  await call.send({ type: PacketType.PACKET_DATA, ID });
}

async function untilEnded(call: { next(): Promise<unknown> }): Promise<void> {
  while ((await call.next()) !== undefined);
}

function statOf({ path, mode, uid, gid, sizeBytes, modifiedNs, linkname, major, minor }: SentFile) {
  return {
    path,
    mode,
    uid,
    gid,
    size: BigInt(sizeBytes),
    modTime: modifiedNs,
    linkname,
    devmajor: BigInt(major),
    devminor: BigInt(minor),
  };
}
