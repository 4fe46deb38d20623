import type { BuildPruneResponse } from "@docker/node-sdk";
import * as v from "valibot";
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
    /** What messages call the Dockerfile, where that is not its path in the context. */
    dockerfilename: text,
    cacheto: json,
    /** JSON map of tags, in full, to the digests that they have to have: no image is taken under another. */
    locked: json,
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

const announcedContext = v.object({
  /** Which folder on which machine this is; the same for each build from it. */
  name: v.string(),
  /** SHA-256 of the listing, in hex: one that is known need not be sent. */
  digest: v.string(),
  /** When the listing was begun, by the client's clock, in seconds since 1970. */
  listedAt: v.number(),
});

/** Body of `POST /build/context`: what a client has for a build before the build itself. */
const buildPreparation = v.object({
  /** The context folder; absent when the context comes another way. */
  context: v.optional(announcedContext),
  /** Folders beside it, by the name that the Dockerfile knows them by. */
  contexts: v.optional(v.record(v.string(), announcedContext)),
  /** Secret ID -> base64 of its bytes. They are kept in memory until the build is over. */
  secrets: v.optional(v.record(v.string(), v.string())),
  /** IDs of agents that the client forwards over `POST /build/agent/:id`. */
  agents: v.optional(v.array(v.string())),
});

export interface PreparedBuild {
  /** For `context` of `POST /build`. */
  readonly id: string;
  /** Whether the listing of the context has to be sent to `PUT /build/context/:id`. */
  readonly wantsListing: boolean;
  /** The same of additional contexts: their names. */
  readonly wantsListingOf: readonly string[];
}

/** Begins a build: says what its context is, so that only what changed since the last build need be sent. */
export const buildPrepare = endpoint({
  kind: "json",
  method: "POST",
  path: "/build/context",
  body: buildPreparation,
  reply: reply<PreparedBuild>(),
  status: 200,
});

/** The files whose bytes are not known yet. */
export interface MissingFiles {
  /**
   * Their numbers in the listing, from 0: the body of `POST /build` then brings them, each behind a head as of
   * `encodeFileHead`.
   */
  readonly missing: readonly number[];
}

/** Takes the listing of a context, in the format of {@link parseContextListing}. */
export const contextList = endpoint({
  kind: "json",
  method: "PUT",
  path: "/build/context/:id",
  /** Of an additional context. */
  query: { name: text },
  bodyStream: true,
  reply: reply<MissingFiles>(),
  status: 200,
});

/**
 * Takes the files that an additional context lacks, each behind a head as of `encodeFileHead`. To be sent for each of
 * them before the build, with an empty body where nothing is missing.
 */
export const contextFiles = endpoint({
  kind: "json",
  method: "PUT",
  path: "/build/context/:id/files",
  query: { name: text },
  bodyStream: true,
});

/**
 * A connection to an agent of the client, for one connection of one step. The client holds one open, and opens another
 * when bytes come over it.
 */
export const buildAgent = endpoint({
  kind: "hijack",
  method: "POST",
  path: "/build/agent/:id",
  query: { agent: text },
});
