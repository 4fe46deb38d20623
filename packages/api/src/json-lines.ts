/**
 * Objects of a JSON message stream (pull, push, build, events, stats), one a line; Docker ends lines with `\r\n` or
 * `\n`. A line over `limitBytes` throws RangeError, one that is no JSON what `parse` throws. `parse` may read numbers
 * that a double does not hold.
 */
export async function* decodeJsonLines<T>(
  bytes: AsyncIterable<Uint8Array>,
  limitBytes = 16 * 1024 * 1024,
  parse: (text: string) => unknown = JSON.parse,
): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of bytes) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parse(line) as T;
    if (pending.length > limitBytes) throw new RangeError(`a JSON message is longer than ${limitBytes} bytes`);
  }
  pending += decoder.decode();
  if (pending.trim() !== "") yield parse(pending) as T;
}

/** One message as Docker writes it: JSON and `\r\n`. */
export function encodeJsonLine(message: unknown): string {
  return `${JSON.stringify(message)}\r\n`;
}
