import type { sessionOpen } from "@tdock/api/build-session";
import type { Input } from "@tdock/api/endpoint";
import type { Upgrade } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { BuildEngine } from "../build-engine.ts";
import { ClientSession } from "./client-session.ts";

const idPattern = /^[\w.-]{1,128}$/;

/** Takes up a BuildKit client's session. Throws `invalid-argument`, or `conflict` for an ID that is in use. */
export function openSession(
  { builds }: Pick<BuildEngine, "builds">,
  { id = "", sharedKey = "", methods = "", upgrade }: Input<typeof sessionOpen>,
  connection: Upgrade,
): void {
  if (upgrade?.toLowerCase() !== "h2c") {
    throw new TdockError("invalid-argument", `a session is served over h2c, not ${upgrade || "without an upgrade"}`);
  }
  if (!idPattern.test(id)) throw new TdockError("invalid-argument", `not a session's ID: ${JSON.stringify(id)}`);
  builds.clientSessions.refuseUsed(id);
  const head = { id, sharedKey, methods: methods.split(/\s*,\s*/) };
  builds.clientSessions.add(new ClientSession(head, connection.acceptHttp2()));
}
