import type {
  ContainerCreateResponse,
  ContainerInspectResponse,
  ContainerPruneResponse,
  ContainerSummary,
  ContainerTopResponse,
  ContainerUpdateResponse,
  ContainerWaitResponse,
  FilesystemChange,
} from "@docker/node-sdk";
import type * as v from "valibot";
import { containerConfig } from "./container-config.ts";
import { endpoint, reply } from "./endpoint.ts";
import { networkingConfig } from "./endpoint-settings.ts";
import { hostConfig, resourceMembers, restartPolicy } from "./host-config.ts";
import { bool, filters, int, text, texts } from "./query.ts";
import { looseObject, optional } from "./schema.ts";

export type {
  ContainerCreateResponse,
  ContainerInspectResponse,
  ContainerPruneResponse,
  ContainerState,
  ContainerSummary,
  ContainerTopResponse,
  ContainerUpdateResponse,
  ContainerWaitResponse,
  FilesystemChange,
} from "@docker/node-sdk";

/** Body of `POST /containers/create`: Config with HostConfig and NetworkingConfig beside its members. */
export const containerCreateBody = looseObject({
  ...containerConfig.entries,
  HostConfig: optional(hostConfig),
  NetworkingConfig: optional(networkingConfig),
});
export type ContainerCreateBody = v.InferOutput<typeof containerCreateBody>;

export const containerList = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/json",
  query: { all: bool, limit: int, size: bool, filters },
  reply: reply<ContainerSummary[]>(),
});

export const containerCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/create",
  query: { name: text, platform: text },
  body: containerCreateBody,
  status: 201,
  reply: reply<ContainerCreateResponse>(),
});

export const containerInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/:id/json",
  query: { size: bool },
  reply: reply<ContainerInspectResponse>(),
});

export const containerStart = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/start",
  query: { detachKeys: text },
});

export const containerStop = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/stop",
  query: { signal: text, t: int },
});

export const containerRestart = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/restart",
  query: { signal: text, t: int },
});

export const containerKill = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/kill",
  query: { signal: text },
});

export const containerPause = endpoint({ kind: "json", method: "POST", path: "/containers/:id/pause" });
export const containerUnpause = endpoint({ kind: "json", method: "POST", path: "/containers/:id/unpause" });

export const containerRename = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/rename",
  query: { name: text },
});

export const containerRemove = endpoint({
  kind: "json",
  method: "DELETE",
  path: "/containers/:id",
  query: { v: bool, force: bool, link: bool },
});

export const containerPrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/prune",
  query: { filters },
  reply: reply<ContainerPruneResponse>(),
});

/**
 * Answers its head at once and the body when the condition holds: hence a stream of one JSON object. Beside Docker's
 * conditions there are `running`, `healthy`, `ready` and `port:N`.
 */
export const containerWait = endpoint({
  kind: "stream",
  method: "POST",
  path: "/containers/:id/wait",
  query: { condition: text },
  reply: reply<ContainerWaitResponse>(),
});

export const containerResize = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/resize",
  query: { h: int, w: int },
  status: 200,
});

const attachQuery = { detachKeys: text, logs: bool, stream: bool, stdin: bool, stdout: bool, stderr: bool };

export const containerAttach = endpoint({
  kind: "hijack",
  method: "POST",
  path: "/containers/:id/attach",
  query: attachQuery,
});

/** The same over a websocket; frames are binary. */
export const containerAttachWebsocket = endpoint({
  kind: "hijack",
  method: "GET",
  path: "/containers/:id/attach/ws",
  query: attachQuery,
});

export const containerLogs = endpoint({
  kind: "stream",
  method: "GET",
  path: "/containers/:id/logs",
  query: {
    follow: bool,
    stdout: bool,
    stderr: bool,
    since: text,
    until: text,
    timestamps: bool,
    tail: text,
    details: bool,
    /** An extension of tdock: neighbouring lines may share a frame, which spares a client most of its work. */
    wideFrames: bool,
  },
});

export const containerTop = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/:id/top",
  query: { ps_args: text },
  reply: reply<ContainerTopResponse>(),
});

export const containerStats = endpoint({
  kind: "stream",
  method: "GET",
  path: "/containers/:id/stats",
  query: { stream: bool, "one-shot": bool },
});

export const containerChanges = endpoint({
  kind: "json",
  method: "GET",
  path: "/containers/:id/changes",
  reply: reply<FilesystemChange[]>(),
});

export const containerExport = endpoint({ kind: "stream", method: "GET", path: "/containers/:id/export" });

export const containerUpdate = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/update",
  body: looseObject({ ...resourceMembers, RestartPolicy: optional(restartPolicy) }),
  reply: reply<ContainerUpdateResponse>(),
});

/** Its answer is the header `X-Docker-Container-Path-Stat`. */
export const containerArchiveStat = endpoint({
  kind: "stream",
  method: "HEAD",
  path: "/containers/:id/archive",
  query: { path: text },
});

export const containerArchiveGet = endpoint({
  kind: "stream",
  method: "GET",
  path: "/containers/:id/archive",
  query: { path: text },
});

export const containerArchivePut = endpoint({
  kind: "json",
  method: "PUT",
  path: "/containers/:id/archive",
  query: { path: text, noOverwriteDirNonDir: bool, copyUIDGID: bool },
  bodyStream: true,
  status: 200,
});

export const containerCommit = endpoint({
  kind: "json",
  method: "POST",
  path: "/commit",
  query: { container: text, repo: text, tag: text, comment: text, author: text, pause: bool, changes: texts },
  body: optional(containerConfig),
  status: 201,
  reply: reply<{ Id: string }>(),
});
