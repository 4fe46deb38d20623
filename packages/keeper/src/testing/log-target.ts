import { join } from "node:path";
import type { LogsRequest, LogTarget } from "../protocol.ts";

/** A log that is kept in files. */
export type FileTarget = LogTarget & { readonly driver: "local" | "json-file" };

/** The drivers that keep one. */
export const drivers = ["local", "json-file"] as const;

/** A log in `folder`. */
export function target(folder: string, driver: FileTarget["driver"], options: Record<string, string> = {}): FileTarget {
  return { driver, path: join(folder, "container.log"), options };
}

/** Asks for all of it. */
export function all(log: LogTarget): LogsRequest {
  return { id: "c", log, stdout: true, stderr: true, raw: false };
}
