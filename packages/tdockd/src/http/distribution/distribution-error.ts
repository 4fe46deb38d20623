import type { ServerResponse } from "node:http";

/** Codes of https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes, with their statuses. */
const statuses = {
  NAME_UNKNOWN: 404,
  MANIFEST_UNKNOWN: 404,
  BLOB_UNKNOWN: 404,
  UNSUPPORTED: 405,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  UNKNOWN: 500,
} as const;

/** Answers in the form that clients of registries read. */
export function sendDistributionError(response: ServerResponse, code: keyof typeof statuses, message: string): void {
  const body = JSON.stringify({ errors: [{ code, message }] });
  response.writeHead(statuses[code], { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
