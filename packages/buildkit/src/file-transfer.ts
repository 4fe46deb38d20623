import type { DuplexCall, Rpc } from "@tdock/containerd/rpc";
import { TdockError } from "@tdock/errors/error";
import { FileSync } from "./gen/filesync_pb.ts";
import { type Packet, type PacketSchema, Packet_PacketType as PacketType } from "./gen/fsutil_pb.ts";

/** Which of a client's files are asked for. */
export interface TransferRequest {
  /** What the client calls the folder: `context`, `dockerfile`, or the name of another one. */
  readonly folder: string;
  /** Only these paths, and what their links lead to. All when empty. */
  readonly paths: readonly string[];
  /** Patterns of an ignore file: what they hide is not sent. A hint: clients may send more. */
  readonly exclude: readonly string[];
}

/** One of a client's files, as the client describes it: nothing of it has been checked. */
export interface FileStat {
  readonly path: string;
  /** Go's `os.FileMode`. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Nanoseconds since 1970. */
  readonly modifiedNs: bigint;
  /** Of a symbolic link, or of a further name of a file. */
  readonly linkname: string;
}

/** A transfer of files from a client: first it lists them all, then it sends those that are asked for. */
export interface FileTransfer {
  /** All files in the client's order. To be read to its end before anything else. */
  list(): AsyncGenerator<FileStat, void, undefined>;
  /** Asks for the bytes of the file with this number in the list, from 0. */
  ask(number: number): void;
  /** The next bytes of any file asked for; none when that file is complete. */
  receive(): Promise<{ readonly number: number; readonly bytes: Uint8Array }>;
  /** Says that no more is wanted, and waits until the client has understood. */
  finish(): Promise<void>;
}

/**
 * Starts a transfer. It ends with `canceled` when the signal fires; everything throws what the client says went wrong.
 * Follows fsutil's `receive.go`.
 */
export function transferFiles(rpc: Rpc, request: TransferRequest, signal: AbortSignal): FileTransfer {
  const call = rpc.duplex(FileSync.method.diffCopy, { signal, headers: headersOf(request) });
  return {
    list: () => listFiles(call),
    ask(number) {
      call.send({ type: PacketType.PACKET_REQ, ID: number }).catch(() => {}); // receive() tells
    },
    async receive() {
      const { type, ID, data } = checked(await call.receive());
      if (type !== PacketType.PACKET_DATA) throw unexpected(type);
      return { number: ID, bytes: data };
    },
    async finish() {
      await call.send({ type: PacketType.PACKET_FIN });
      for (let packet = await call.next(); packet !== undefined; packet = await call.next()) checked(packet);
      await call.finish();
    },
  };
}

type Call = DuplexCall<typeof PacketSchema, typeof PacketSchema>;

async function* listFiles(call: Call): AsyncGenerator<FileStat, void, undefined> {
  for (;;) {
    const { type, stat } = checked(await call.receive());
    if (type !== PacketType.PACKET_STAT) throw unexpected(type);
    if (stat === undefined) return;
    const { path, mode, size, modTime, linkname } = stat;
    yield { path, mode, sizeBytes: Number(size), modifiedNs: modTime, linkname };
  }
}

function checked(packet: Packet): Packet {
  if (packet.type !== PacketType.PACKET_ERR) return packet;
  throw new TdockError("invalid-argument", `the client could not send its files: ${Buffer.from(packet.data)}`);
}

function unexpected(type: PacketType): TdockError {
  return new TdockError("invalid-argument", `the client's files: unexpected packet of type ${type}`);
}

function headersOf({ folder, paths, exclude }: TransferRequest): Record<string, string | string[]> {
  return { ...header("dir-name", [folder]), ...header("followpaths", paths), ...excludeHeader(exclude) };
}

/** Old clients do not know of encoded values: without patterns they send more, and nothing is lost. */
function excludeHeader(patterns: readonly string[]): Record<string, string[]> {
  return patterns.every(isHeaderText) ? header("exclude-patterns", patterns) : {};
}

function header(name: string, values: readonly string[]): Record<string, string[]> {
  if (values.length === 0) return {};
  if (values.every(isHeaderText)) return { [name]: [...values] };
  return { [name]: values.map(encodeURIComponent), [`${name}-encoded`]: ["1"] };
}

function isHeaderText(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
