import type { BuildPruneResponse } from "@docker/node-sdk";
import { endpoint, reply } from "./endpoint.ts";
import { bool, filters, int, json, text, texts } from "./query.ts";

export type { BuildPruneResponse } from "@docker/node-sdk";

/**
 * Builds an image from the tar archive in the body. Answers with a JSON message stream: Docker's lines, or with
 * `version=tdock` one object `{id: "tdock.build", aux: event}` an event.
 */
export const imageBuild = endpoint({
  kind: "stream",
  method: "POST",
  path: "/build",
  query: {
    dockerfile: text,
    t: texts,
    remote: text,
    q: bool,
    nocache: bool,
    cachefrom: json,
    pull: text,
    rm: bool,
    forcerm: bool,
    memory: int,
    memswap: int,
    cpushares: int,
    cpusetcpus: text,
    cpusetmems: text,
    cpuperiod: int,
    cpuquota: int,
    cgroupparent: text,
    buildargs: json,
    shmsize: int,
    squash: bool,
    labels: json,
    networkmode: text,
    platform: text,
    target: text,
    outputs: json,
    ulimits: json,
    securityopt: json,
    isolation: text,
    version: text,
    extrahosts: texts,
    session: text,
    buildid: text,
    /** Stages, as a JSON list, that must not take earlier results. */
    nocachefilter: json,
    /** What `POST /build/context` has prepared; with entries, the body then holds only the files that it lacked. */
    context: text,
    /** What `--allow` grants: `network.host`, `security.insecure`. */
    allow: texts,
    /** JSON map of additional contexts: name to image, URL or prepared context. */
    contexts: json,
    /** Only look for problems. */
    check: bool,
    /** Keep the state of a step that fails, for looking into it. */
    keepfailed: bool,
    cacheto: json,
  },
  bodyStream: true,
  headers: { registryConfig: "x-registry-config" },
});

export const buildCancel = endpoint({ kind: "json", method: "POST", path: "/build/cancel", query: { id: text } });

export const buildPrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/build/prune",
  query: {
    all: bool,
    filters,
    "keep-storage": int,
    "reserved-space": int,
    "max-used-space": int,
    "min-free-space": int,
  },
  reply: reply<BuildPruneResponse>(),
});

/**
 * One thing in a context's folder, as the client's file system describes it: path (slash-separated, relative to the
 * root), kind (file, folder, symbolic link), permission bits, seconds since 1970, a file's size in bytes or a link's
 * target, and a text that changes whenever the file does (inode and change time); "" when the client cannot tell.
 */
export type ContextEntry = readonly [
  path: string,
  kind: "f" | "d" | "l",
  mode: number,
  mtime: number,
  content: number | string,
  stamp: string,
];

/** Body of `POST /build/context`. */
export interface ContextListing {
  /** Which folder on which machine this is; the same for each build from it. */
  readonly name: string;
  /** Absent when the context comes another way: then only the rest of this is prepared. */
  readonly entries?: readonly ContextEntry[] | undefined;
  /** Secret ID -> base64 of its bytes. They are kept in memory until the build is over. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** IDs of agents that the client forwards over `POST /build/agent`. */
  readonly agents?: readonly string[] | undefined;
}

/** What the server wants to be sent. */
export interface PreparedContext {
  /** For `context` of `POST /build`. */
  readonly id: string;
  /**
   * Indexes of entries whose bytes are not known here: the body of `POST /build` is then a tar archive of them, each
   * named by its index.
   */
  readonly missing: readonly number[];
}

/**
 * Says what a context holds, so that only files that changed since the last build need be sent. Listings are long:
 * the body is the JSON of a {@link ContextListing}, as bytes.
 */
export const contextPrepare = endpoint({
  kind: "json",
  method: "POST",
  path: "/build/context",
  bodyStream: true,
  reply: reply<PreparedContext>(),
  status: 200,
});
