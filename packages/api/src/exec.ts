import type { ExecInspectResponse } from "@docker/node-sdk";
import * as v from "valibot";
import { endpoint, reply } from "./endpoint.ts";
import { bool, int, text } from "./query.ts";
import { integer, looseObject, optional, strings } from "./schema.ts";

export type { ExecInspectResponse } from "@docker/node-sdk";

export const execCreateBody = looseObject({
  AttachStdin: optional(v.boolean()),
  AttachStdout: optional(v.boolean()),
  AttachStderr: optional(v.boolean()),
  ConsoleSize: optional(v.array(integer)),
  DetachKeys: optional(v.string()),
  Tty: optional(v.boolean()),
  Env: optional(strings),
  Cmd: optional(strings),
  Privileged: optional(v.boolean()),
  User: optional(v.string()),
  WorkingDir: optional(v.string()),
});
export type ExecCreateBody = v.InferOutput<typeof execCreateBody>;

export const execCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/exec",
  body: execCreateBody,
  status: 201,
  reply: reply<{ Id: string }>(),
});

/** With `Detach` it answers at once and nothing is hijacked. */
export const execStart = endpoint({
  kind: "hijack",
  method: "POST",
  path: "/exec/:id/start",
  body: optional(
    looseObject({
      Detach: optional(v.boolean()),
      Tty: optional(v.boolean()),
      ConsoleSize: optional(v.array(integer)),
    }),
  ),
});

/**
 * An extension of tdock: creates an exec and starts it attached, within one request. Its id comes in a header, its output
 * always in frames, and its exit code in the last of them.
 */
export const execRun = endpoint({
  kind: "hijack",
  method: "POST",
  path: "/containers/:id/exec/run",
  body: execCreateBody,
});
export const execIdHeader = "tdock-exec-id";

export const execResize = endpoint({
  kind: "json",
  method: "POST",
  path: "/exec/:id/resize",
  query: { h: int, w: int },
  status: 200,
});

export const execInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/exec/:id/json",
  reply: reply<ExecInspectResponse>(),
});

/** An extension of tdock: sends a signal to the process of an exec. */
export const execKill = endpoint({
  kind: "json",
  method: "POST",
  path: "/exec/:id/kill",
  query: { signal: text, all: bool },
});
