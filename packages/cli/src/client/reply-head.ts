import { TdockError } from "@tdock/errors/error";
import type { Connection } from "./connection.ts";

/** The head of a reply of HTTP/1.1 (RFC 9112). */
export interface ReplyHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

const maxHeadBytes = 64 * 1024;

/** Reads the head of a reply and leaves what comes behind it. Throws `internal` for what is no reply. */
export async function readReplyHead(connection: Connection): Promise<ReplyHead> {
  let read = Buffer.alloc(0);
  while (true) {
    const end = read.indexOf("\r\n\r\n");
    if (end >= 0) {
      connection.unread(read.subarray(end + 4));
      return parseHead(read.toString("latin1", 0, end));
    }
    const chunk = read.length > maxHeadBytes ? undefined : await connection.readChunk();
    if (chunk === undefined) throw notHttp(read);
    read = Buffer.concat([read, chunk]);
  }
}

function parseHead(text: string): ReplyHead {
  const [first = "", ...lines] = text.split("\r\n");
  const match = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(first);
  if (match === null) throw notHttp(Buffer.from(first));
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number(match[1]), statusText: match[2] ?? "", headers };
}

function notHttp(read: Buffer): TdockError {
  if (read.length === 0) return new TdockError("unavailable", "the daemon closed the connection without a reply");
  return new TdockError(
    "internal",
    `wanted a reply of HTTP/1.1, got ${JSON.stringify(read.toString("latin1", 0, 80))}`,
  );
}
