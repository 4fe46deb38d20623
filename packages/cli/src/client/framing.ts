import { compareVersions } from "@tdock/api/version";
import type { Client } from "./client.ts";

/**
 * Whether a stream of container output comes in 8-byte frames, by its content type. Engines before API 1.42 call
 * everything a raw stream: then undefined, and only the container's Tty setting tells.
 */
export function isFramed({ apiVersion }: Client, headers: Headers): boolean | undefined {
  if (headers.get("content-type") === "application/vnd.docker.multiplexed-stream") return true;
  return compareVersions(apiVersion, "1.42") >= 0 ? false : undefined;
}
