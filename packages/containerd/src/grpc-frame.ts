const headerBytes = 5;
/** Larger than anything containerd sends (its own limit is 16 MiB): a longer frame is a broken stream. */
const maxMessageBytes = 64 * 1024 * 1024;

/**
 * A gRPC message on the wire: one byte "compressed" (always 0), four bytes length, the message.
 * Follows https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md (Length-Prefixed-Message).
 */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerBytes + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, headerBytes);
  return frame;
}

/**
 * The inverse of {@link encodeFrame} for a stream that arrives in pieces: every piece is handed to the returned
 * function, which gives the messages that became whole. A message that arrived in one piece is a view into it, not a copy.
 * The function throws RangeError when the stream is compressed or a message is over 64 MiB.
 */
export function frameDecoder(): (piece: Uint8Array) => Uint8Array[] {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let wantedBytes = headerBytes;

  return (piece) => {
    pending.push(piece);
    pendingBytes += piece.length;
    if (pendingBytes < wantedBytes) return [];

    const messages: Uint8Array[] = [];
    let rest = pending.length === 1 ? piece : Buffer.concat(pending, pendingBytes);
    while (rest.length >= headerBytes) {
      wantedBytes = headerBytes + messageLength(rest);
      if (rest.length < wantedBytes) break;
      messages.push(rest.subarray(headerBytes, wantedBytes));
      rest = rest.subarray(wantedBytes);
      wantedBytes = headerBytes;
    }
    pending = rest.length === 0 ? [] : [rest];
    pendingBytes = rest.length;
    return messages;
  };
}

function messageLength(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, headerBytes);
  if (view.getUint8(0) !== 0) throw new RangeError("gRPC message is compressed, which was not asked for");
  const length = view.getUint32(1);
  if (length > maxMessageBytes) throw new RangeError(`gRPC message of ${length} bytes is over ${maxMessageBytes}`);
  return length;
}
