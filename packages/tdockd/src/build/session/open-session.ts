import type { sessionOpen } from "@tdock/api/build-session";
import type { Input } from "@tdock/api/endpoint";
import type { Upgrade } from "@tdock/api/output";
import type { BuildEngine } from "../build-engine.ts";
import { requireHttp2 } from "./require-http2.ts";

/** Takes up a BuildKit client's session. Throws `invalid-argument`, or `conflict` for an ID that is in use. */
export function openSession(
  { builds }: Pick<BuildEngine, "builds">,
  { id = "", sharedKey = "", methods = "", upgrade }: Input<typeof sessionOpen>,
  connection: Upgrade,
): void {
  requireHttp2(upgrade);
  const head = { id, sharedKey, methods: methods.split(/\s*,\s*/) };
  builds.clientSessions.open(head, () => connection.acceptHttp2());
}
