import { connect, createServer } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { LogFiles } from "../log-files.ts";
import { type GrowingLog, readLog } from "../log-reader.ts";
import { formats } from "../output-log.ts";
import type { LogsRequest } from "../protocol.ts";
import { demultiplex } from "./demultiplex.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Reads a log through a real socket, as a client sees it. */
export async function readThrough(
  files: LogFiles,
  request: LogsRequest,
  growing?: GrowingLog,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const bytes = await readBytesThrough(files, request, growing);
  return request.raw ? { stdout: bytes.toString(), stderr: "" } : demultiplex(bytes);
}

/** The same, as it comes. */
export async function readBytesThrough(files: LogFiles, request: LogsRequest, growing?: GrowingLog): Promise<Buffer> {
  using folder = temporaryFolder();
  const path = join(folder.path, "socket");
  const format = formats[request.log.driver as "local"];
  const server = createServer((socket) => void readLog({ files, format, growing }, request, socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const bytes = await buffer(connect({ path }));
  server.close();
  return bytes;
}
