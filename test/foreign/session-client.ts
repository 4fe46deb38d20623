import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { type Duplex, duplexPair } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Control } from "@tdock/buildkit/gen/control_pb";
import { FileSend, FileSync } from "@tdock/buildkit/gen/filesync_pb";
import { type Packet, type PacketSchema, Packet_PacketType as PacketType } from "@tdock/buildkit/gen/fsutil_pb";
import { duplexMethod, type ServedMethod, serveGrpc } from "@tdock/buildkit/grpc-server";
import type { Rpc } from "@tdock/containerd/rpc";

/** Asks for an upgrade to `h2c` on a Unix socket, and gives the connection or the status that came instead. */
export async function dialHttp2(
  socketPath: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Duplex | number> {
  const asking = request({
    socketPath,
    path,
    method: "POST",
    headers: { Connection: "Upgrade", Upgrade: "h2c", ...headers },
  }).end();
  return await new Promise((resolve, reject) => {
    asking.once("error", reject);
    asking.once("response", (response) => resolve(response.resume().statusCode ?? 0));
    asking.once("upgrade", (_, socket, head) => {
      socket.unshift(head); // the engine speaks first, maybe in the same breath
      resolve(socket);
    });
  });
}

/** A client of the BuildKit session protocol that serves what the test gives it. */
export async function openSession(
  socketPath: string,
  methods: readonly ServedMethod[],
): Promise<Disposable & { readonly id: string }> {
  const id = randomUUID();
  const socket = await dialHttp2(socketPath, "/session", {
    "X-Docker-Expose-Session-Uuid": id,
    "X-Docker-Expose-Session-Grpc-Method": methods.map(({ path }) => path).join(", "),
  });
  if (typeof socket === "number") throw new Error(`no session: ${socket}`);
  const session = serveGrpc(socket, methods);
  await nextTurn(); // Node reads what has come already then, and does not expect the session to be over
  return { id, [Symbol.dispose]: () => session.destroy() };
}

/** The same through a call of Control's, as clients do that reach nothing but `POST /grpc`. */
export function openTunnelledSession(rpc: Rpc, methods: readonly ServedMethod[]): Disposable & { readonly id: string } {
  const id = randomUUID();
  const call = rpc.duplex(Control.method.session, {
    headers: {
      "x-docker-expose-session-uuid": id,
      "x-docker-expose-session-grpc-method": methods.map(({ path }) => path),
    },
  });
  const [near, far] = duplexPair();
  const session = serveGrpc(far, methods);
  const receive = async () => {
    for (let message = await call.next(); message !== undefined; message = await call.next()) near.write(message.data);
    near.end();
  };
  const send = async () => {
    for await (const data of near) await call.send({ data });
    call.end();
  };
  for (const work of [receive(), send()]) work.catch(() => near.destroy());
  return { id, [Symbol.dispose]: () => session.destroy() };
}

type Sent = MessageInitShape<typeof PacketSchema>;

/** What a client says of a file, and what it sends when the file is asked for. */
export interface OfferedFile {
  readonly path: string;
  /** Go's `os.FileMode`; default a file that all may read. */
  readonly mode?: number;
  readonly linkname?: string;
  readonly text?: string;
}

/** Serves folders of files, as fsutil's sender does; `answer` answers a request for a file of the context in its own way. */
export function serveFiles(
  folders: Readonly<Record<string, readonly OfferedFile[]>>,
  answer?: () => readonly Sent[],
): ServedMethod {
  return duplexMethod(FileSync.method.diffCopy, async (packets, reply, { metadata }) => {
    const folder = String(metadata["dir-name"]);
    const files = folders[folder] ?? [];
    const send = folder === "context" ? answer : undefined;
    for (const file of files) await reply(statOf(file));
    await reply({ type: PacketType.PACKET_STAT });
    for await (const packet of packets) {
      if (packet.type === PacketType.PACKET_FIN) return reply({ type: PacketType.PACKET_FIN });
      for (const one of send?.() ?? contentOf(packet, files)) await reply(one);
    }
  });
}

/** Takes an archive, as a client does that was told where to write it; `bytes` resolves when it has come. */
export function takeArchive(): { readonly method: ServedMethod; readonly bytes: Promise<Buffer> } {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const method = duplexMethod(FileSend.method.diffCopy, async (messages) => {
    const chunks = await Array.fromAsync(messages);
    resolve(Buffer.concat(chunks.map(({ data }) => data)));
  });
  return { method, bytes: promise };
}

/** Takes what is sent as one archive, and breaks off at its first bytes. */
export function refuseArchive(): ServedMethod {
  return duplexMethod(FileSend.method.diffCopy, async (messages) => {
    for await (const _ of messages) throw new Error("no space left on device");
  });
}

function statOf({ path, mode = 0o644, linkname = "", text = "" }: OfferedFile): Sent {
  return {
    type: PacketType.PACKET_STAT,
    stat: { path, mode, linkname, size: BigInt(text.length), modTime: 1_700_000_000_000_000_000n },
  };
}

function contentOf({ ID }: Packet, files: readonly OfferedFile[]): Sent[] {
  const data = { type: PacketType.PACKET_DATA, ID };
  return [{ ...data, data: Buffer.from(files[ID]?.text ?? "") }, data];
}
