import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";
import {
  create,
  type DescMessage,
  type DescMethodBiDiStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { encodeFrame, frameDecoder } from "@tdock/containerd/grpc-frame";
import { TdockError } from "@tdock/errors/error";
import { grpcStatus } from "@tdock/errors/grpc";

/** What a method knows of the call that it answers. */
export interface CallContext {
  readonly metadata: IncomingHttpHeaders;
  /** Aborted when the client has given up the call or is gone. */
  readonly signal: AbortSignal;
}

/** A method that is served. */
export interface ServedMethod {
  /** `/package.Service/Method`. */
  readonly path: string;
  serve(stream: ServerHttp2Stream, context: CallContext): Promise<void>;
}

/** Serves a method that answers one message with one. */
export function unaryMethod<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  answer: (request: MessageShape<I>, context: CallContext) => Promise<MessageInitShape<O>> | MessageInitShape<O>,
): ServedMethod {
  return {
    path: pathOf(method),
    async serve(stream, context) {
      const request = await onlyMessage(method.input, stream);
      await send(stream, method.output, await answer(request, context));
    },
  };
}

/** Serves a method that answers one message with many. */
export function streamMethod<I extends DescMessage, O extends DescMessage>(
  method: DescMethodServerStreaming<I, O>,
  answer: (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageInitShape<O>>,
): ServedMethod {
  return {
    path: pathOf(method),
    async serve(stream, context) {
      const request = await onlyMessage(method.input, stream);
      for await (const message of answer(request, context)) await send(stream, method.output, message);
    },
  };
}

/** Serves a method with messages in both directions. */
export function duplexMethod<I extends DescMessage, O extends DescMessage>(
  method: DescMethodBiDiStreaming<I, O>,
  answer: (
    requests: AsyncIterable<MessageShape<I>>,
    reply: (message: MessageInitShape<O>) => Promise<void>,
    context: CallContext,
  ) => Promise<void>,
): ServedMethod {
  return {
    path: pathOf(method),
    serve: (stream, context) =>
      answer(messages(method.input, stream), (message) => send(stream, method.output, message), context),
  };
}

/**
 * Serves gRPC on a connection until it ends. Errors that methods throw become the status of their code; a method that
 * is not served is `not-implemented`.
 */
export function serveGrpc(socket: Duplex, methods: readonly ServedMethod[]): ServerHttp2Session {
  const table = new Map(methods.map((method) => [method.path, method]));
  const session = performServerHandshake(socket);
  socket.once("end", () => session.destroy()); // half a connection serves nothing
  session.once("close", () => socket.destroy());
  session.on("error", () => {}); // the streams report it to the methods
  session.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answerCall(table, stream, headers).catch((thrown) => stream.destroy(TdockError.from(thrown)));
  });
  return session;
}

async function answerCall(
  table: ReadonlyMap<string, ServedMethod>,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const gone = new AbortController();
  stream.once("close", () => gone.abort(new TdockError("canceled", "the caller is gone")));
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
  const status: { failure?: TdockError } = {};
  stream.once("wantTrailers", () => stream.sendTrailers(trailersOf(status.failure)));
  try {
    const path = String(headers[constants.HTTP2_HEADER_PATH]);
    const method = table.get(path);
    if (method === undefined) throw new TdockError("not-implemented", `${path} is not served`);
    await method.serve(stream, { metadata: headers, signal: gone.signal });
  } catch (thrown) {
    status.failure = TdockError.from(thrown);
  }
  stream.resume();
  stream.end();
}

function trailersOf(failure: TdockError | undefined): Record<string, string> {
  if (failure === undefined) return { "grpc-status": "0" };
  return { "grpc-status": `${grpcStatus[failure.code]}`, "grpc-message": encodeURIComponent(failure.message) };
}

function pathOf({ parent, name }: { readonly parent: { readonly typeName: string }; readonly name: string }): string {
  return `/${parent.typeName}/${name}`;
}

async function onlyMessage<I extends DescMessage>(schema: I, stream: ServerHttp2Stream): Promise<MessageShape<I>> {
  for await (const message of messages(schema, stream)) return message;
  throw new TdockError("invalid-argument", "the call ended before its message");
}

async function* messages<I extends DescMessage>(
  schema: I,
  stream: ServerHttp2Stream,
): AsyncGenerator<MessageShape<I>, void, undefined> {
  const decode = frameDecoder();
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    for (const message of decode(piece as Uint8Array)) yield fromBinary(schema, message);
  }
}

/** Resolves when there is room for more. */
async function send<O extends DescMessage>(
  stream: ServerHttp2Stream,
  schema: O,
  message: MessageInitShape<O>,
): Promise<void> {
  if (stream.destroyed) throw new TdockError("canceled", "the caller is gone");
  await new Promise<void>((resolve) => {
    stream.write(encodeFrame(toBinary(schema, create(schema, message))), () => resolve());
  });
}
