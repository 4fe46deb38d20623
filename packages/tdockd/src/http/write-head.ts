import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { maxApiVersion } from "@tdock/api/version";

/** What each answer tells of the engine. */
const common = {
  "Api-Version": maxApiVersion,
  Ostype: "linux",
  "Docker-Experimental": "false",
  Server: "Docker/tdock (linux)",
};

/** Begins an answer, with what each tells. All headers are given at once: Node keeps no table of them then. */
export function writeHead(response: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): ServerResponse {
  return response.writeHead(status, { ...common, ...headers });
}
