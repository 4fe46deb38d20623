import { type ClientHttp2Stream, constants } from "node:http2";
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { TdockError } from "@tdock/errors/error";
import { type CallLimits, watchCall } from "./grpc-call.ts";
import type { GrpcConnection } from "./grpc-connection.ts";
import { encodeFrame, frameDecoder } from "./grpc-frame.ts";

/** What every method of this package takes last. */
export interface CallOptions {
  /** Ends the call with `canceled`. */
  readonly signal?: AbortSignal | undefined;
  /** ID of the lease that keeps what the call makes from being collected. */
  readonly lease?: string | undefined;
}

/** How one method is called, beside what its caller chooses. */
export interface MethodOptions extends CallOptions, Pick<CallLimits, "timeoutMs" | "preconditionIsConflict"> {
  /** The call's metadata: several values of one name are several headers. */
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
}

/** A call with messages in both directions. */
export interface DuplexCall<I extends DescMessage, O extends DescMessage> {
  /** Resolves when the message has left for the socket. The call's failure is reported by {@link receive} only. */
  send(message: MessageInitShape<I>): Promise<void>;
  /** The next message; throws what ended the call, `internal` when it ended well but too early. */
  receive(): Promise<MessageShape<O>>;
  /** The next message, or `undefined` when the call has ended well; throws what else ended it. */
  next(): Promise<MessageShape<O> | undefined>;
  /** Says that nothing more will be sent. */
  end(): void;
  /** Says that nothing more will be sent, and resolves once the server has ended the call, well or not. */
  finish(): Promise<void>;
}

/** Calls methods that are described by generated code over one connection, in one containerd namespace if any. */
export interface Rpc {
  readonly namespace: string;
  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    options?: MethodOptions,
  ): Promise<MessageShape<O>>;
  serverStream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    options?: MethodOptions,
  ): AsyncGenerator<MessageShape<O>, void, undefined>;
  duplex<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    options?: MethodOptions,
  ): DuplexCall<I, O>;
}

/** Time after which a call that only reads or writes containerd's database is given up. */
const defaultTimeoutMs = 60_000;

/**
 * The {@link Rpc} of a connection; `namespace` is "" for a server that is not containerd. Unary calls end with
 * `unavailable` after 60 s unless the method says otherwise; streams have no limit of their own.
 */
export function createRpc(connection: Pick<GrpcConnection, "request">, namespace: string): Rpc {
  const open = (method: DescMethod, options: MethodOptions | undefined) =>
    connection.request(`/${method.parent.typeName}/${method.name}`, {
      ...(namespace === "" ? {} : { "containerd-namespace": namespace }),
      ...options?.headers,
      ...(options?.lease === undefined ? {} : { "containerd-lease": options.lease }),
    });

  return {
    namespace,

    unary: async (method, request, options) => {
      const stream = open(method, options);
      const verdict = watchCall(stream, { timeoutMs: defaultTimeoutMs, ...options });
      const pieces: Uint8Array[] = [];
      stream.on("data", (piece: Uint8Array) => pieces.push(piece));
      const closed = untilClosed(stream);
      stream.end(encodeFrame(encode(method.input, request)));
      await closed;
      const failure = verdict();
      if (failure !== undefined) throw failure;
      const [message] = frameDecoder()(Buffer.concat(pieces));
      if (message === undefined) throw new TdockError("internal", `no answer in the reply to ${method.name}`);
      return fromBinary(method.output, message);
    },

    serverStream: async function* (method, request, options) {
      const stream = open(method, options);
      const messages = receiveAll(stream, watchCall(stream, options ?? {}));
      stream.end(encodeFrame(encode(method.input, request)));
      for await (const message of messages) yield fromBinary(method.output, message);
    },

    duplex: (method, options) => {
      const stream = open(method, options);
      const messages = receiveAll(stream, watchCall(stream, options ?? {}));
      return {
        send: (message) =>
          new Promise((resolve) => stream.write(encodeFrame(encode(method.input, message)), () => resolve())),
        receive: async () => {
          const message = await nextOf(method.output, messages);
          if (message === undefined) throw new TdockError("internal", `${method.name} ended before its answer`);
          return message;
        },
        next: () => nextOf(method.output, messages),
        end: () => {
          stream.end();
        },
        finish: async () => {
          stream.end();
          await drain(messages);
        },
      };
    },
  };
}

function encode<I extends DescMessage>(schema: I, init: MessageInitShape<I>): Uint8Array {
  return toBinary(schema, create(schema, init));
}

async function nextOf<O extends DescMessage>(
  schema: O,
  messages: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<MessageShape<O> | undefined> {
  const { value, done } = await messages.next();
  return done ? undefined : fromBinary(schema, value);
}

/** Reads a stream to its end, however it ends. */
async function drain(messages: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _ of messages);
  } catch {
    // The call's failure was reported to whoever waited for a message.
  }
}

function untilClosed(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => stream.once("close", resolve));
}

/** The messages of a stream as they come; throws what ended it. Leaving it early cancels the call. */
function receiveAll(
  stream: ClientHttp2Stream,
  verdict: () => TdockError | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const closed = untilClosed(stream);
  const decode = frameDecoder();

  return (async function* () {
    try {
      for await (const piece of stream) yield* decode(piece);
    } catch (error) {
      if (error instanceof RangeError) throw new TdockError("internal", error.message, { cause: error });
      // Any other error is the stream's own: the verdict names its cause.
    } finally {
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await closed;
    const failure = verdict();
    if (failure !== undefined) throw failure;
  })();
}
