import type { imageBuild } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import { formatReference } from "../images/reference.ts";
import { newTag } from "../images/tag.ts";
import { type Credentials, toCredentials } from "../registry/credentials.ts";
import { formatPlatform, hostPlatform, type Platform, parsePlatform } from "../registry/platform.ts";
import type { RunLimits } from "./build-limits.ts";
import { type BuildResult, readOutput } from "./build-output.ts";
import { isProxyArgument } from "./plan/arguments.ts";
import { contextAddress } from "./remote/git-reference.ts";
import { type CacheLocation, type CacheTarget, parseCacheSource, parseCacheTarget } from "./remote-cache/location.ts";

/** What a client asks for, read and checked. */
export interface BuildRequest {
  /** Path of the Dockerfile in the context. */
  readonly dockerfile: string;
  /** What messages call it. */
  readonly dockerfileName: string;
  /** Names for the image, in full. */
  readonly names: readonly string[];
  readonly remote: string;
  /** A repository that is a context keeps its `.git`. */
  readonly keepGitDir: boolean;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly target: string;
  /** None means this machine's. */
  readonly platforms: readonly Platform[];
  /** Make an index of what is built, though it be for one platform. */
  readonly asIndex: boolean;
  readonly buildPlatform: Platform;
  readonly pull: boolean;
  readonly noCache: boolean;
  readonly noCacheStages: ReadonlySet<string>;
  readonly limits: RunLimits;
  readonly contexts: ReadonlyMap<string, string>;
  /** Digests by full reference; when there, nothing else is built upon. */
  readonly locked: ReadonlyMap<string, string> | undefined;
  readonly credentials: ReadonlyMap<string, Credentials>;
  /** Where results of other engines are taken from. */
  readonly cacheFrom: readonly CacheLocation[];
  /** Where this build's results go. */
  readonly cacheTo: readonly CacheTarget[];
  readonly result: BuildResult;
  /** ID of a session of the BuildKit protocol, "" for none. */
  readonly clientSession: string;
  /** ID of what was prepared before the request. */
  readonly session: string;
  /** Keep what a failed step left. */
  readonly keepFailed: boolean;
  readonly id: string;
}

type BuildInput = Omit<Input<typeof imageBuild>, "body">;

/** Reads the request's parameters. Throws `invalid-argument` that names the parameter. */
export function readBuildRequest(input: BuildInput): BuildRequest {
  refuseMissing(input);
  const given = textMap("buildargs", input.buildargs);
  const proxy = new Map([...given].filter(([name]) => isProxyArgument(name)));
  const platforms = platformsOf(input.platform ?? "");
  const output = readOutput(input, platforms.length);
  return {
    dockerfile: input.dockerfile || "Dockerfile",
    dockerfileName: input.dockerfilename || input.dockerfile || "Dockerfile",
    names: [...(input.t ?? []), ...output.names]
      .filter((name) => name !== "")
      .map((name) => formatReference(newTag(name, ""))),
    remote: contextAddress(input.remote ?? ""),
    keepGitDir: isTrue(given.get("BUILDKIT_CONTEXT_KEEP_GIT_DIR")),
    buildArgs: given,
    labels: textMap("labels", input.labels),
    target: input.target ?? "",
    platforms,
    asIndex: platforms.length > 1 || isTrue(given.get("BUILDKIT_MULTI_PLATFORM")),
    buildPlatform: hostPlatform(),
    pull: input.pull !== undefined && !["", "0", "false", "no"].includes(input.pull),
    noCache: input.nocache === true,
    noCacheStages: new Set(textList("nocachefilter", input.nocachefilter).map((stage) => stage.toLowerCase())),
    limits: limitsOf(input, given, proxy),
    contexts: textMap("contexts", input.contexts),
    locked: input.locked === undefined ? undefined : textMap("locked", input.locked),
    credentials: credentialsOf(input.registryConfig),
    cacheFrom: textList("cachefrom", input.cachefrom)
      .filter((text) => text !== "")
      .map(parseCacheSource),
    cacheTo: [...textList("cacheto", input.cacheto), ...inlineCacheOf(given)].map(parseCacheTarget),
    result: output.result,
    clientSession: input.session ?? "",
    session: input.context ?? "",
    keepFailed: input.keepfailed === true,
    id: input.buildid ?? "",
  };
}

/** What is not offered is an error: a flag that is ignored misleads, and a security flag that is ignored is a hole. */
function refuseMissing({ squash, securityopt, cgroupparent, isolation }: BuildInput): void {
  const given = Array.isArray(securityopt) && securityopt.length > 0 ? "securityopt" : undefined;
  const name = given ?? (squash === true ? "squash" : cgroupparent ? "cgroupparent" : undefined);
  if (name !== undefined) throw new TdockError("not-implemented", `${name} is not offered by this engine's builder`);
  if (isolation && isolation !== "default") throw new TdockError("invalid-argument", `isolation: ${isolation}`);
}

/** BuildKit's clients without `--cache-to` ask for a cache in the image by this argument. */
function inlineCacheOf(args: ReadonlyMap<string, string>): string[] {
  return isTrue(args.get("BUILDKIT_INLINE_CACHE")) ? ["type=inline"] : [];
}

function isTrue(text: string | undefined): boolean {
  return /^(1|t|true)$/i.test(text ?? "");
}

/** Each once, in the order they are named. */
function platformsOf(text: string): Platform[] {
  const platforms = text.split(",").flatMap((one) => (one.trim() === "" ? [] : [parsePlatform(one.trim())]));
  return [...new Map(platforms.map((platform) => [formatPlatform(platform), platform])).values()];
}

function limitsOf(input: BuildInput, args: ReadonlyMap<string, string>, proxy: ReadonlyMap<string, string>): RunLimits {
  return {
    // Clients say either; what is built is the same, and is found by all.
    network: input.networkmode === "default" ? "" : (input.networkmode ?? ""),
    extraHosts: (input.extrahosts ?? [])
      .flatMap((hosts) => (hosts.startsWith("[") ? parseHosts(hosts) : hosts.split(",")))
      .filter((host) => host !== ""),
    shmSizeBytes: input.shmsize ?? 0,
    ulimits: ulimitsOf(input.ulimits),
    resources: resourcesOf(input),
    hostname: args.get("BUILDKIT_SANDBOX_HOSTNAME") ?? "buildkitsandbox",
    allowed: new Set(input.allow ?? []),
    proxy,
  };
}

function parseHosts(text: string): string[] {
  try {
    return textList("extrahosts", JSON.parse(text));
  } catch {
    throw new TdockError("invalid-argument", `extrahosts: wanted a list, got ${text.slice(0, 80)}`);
  }
}

function resourcesOf(input: BuildInput): HostConfig {
  return {
    Memory: input.memory ?? 0,
    MemorySwap: input.memswap ?? 0,
    CpuShares: input.cpushares ?? 0,
    CpuPeriod: input.cpuperiod ?? 0,
    CpuQuota: input.cpuquota ?? 0,
    CpusetCpus: input.cpusetcpus ?? "",
    CpusetMems: input.cpusetmems ?? "",
  };
}

function ulimitsOf(value: unknown): RunLimits["ulimits"] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TdockError("invalid-argument", "ulimits: wanted a list");
  return value.map((one) => {
    const { Name, Soft, Hard } = (one ?? {}) as Record<string, unknown>;
    if (typeof Name !== "string" || typeof Soft !== "number" || typeof Hard !== "number") {
      throw new TdockError("invalid-argument", "ulimits: wanted members Name, Soft and Hard");
    }
    return { Name, Soft, Hard };
  });
}

/** A JSON object of texts; `null` values are left out, as in Docker's `buildargs`. */
function textMap(name: string, value: unknown): Map<string, string> {
  if (value === undefined || value === null) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new TdockError("invalid-argument", `${name}: wanted an object of texts`);
  }
  const entries = Object.entries(value).filter(([, text]) => text !== null);
  if (!entries.every(([, text]) => typeof text === "string")) {
    throw new TdockError("invalid-argument", `${name}: wanted an object of texts`);
  }
  return new Map(entries as [string, string][]);
}

function textList(name: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw new TdockError("invalid-argument", `${name}: wanted a list of texts`);
}

/** `X-Registry-Config`: base64 of a map of registries; either alphabet, padded or not. Unreadable counts as empty. */
function credentialsOf(header: string | undefined): Map<string, Credentials> {
  try {
    const value: unknown = JSON.parse(Buffer.from(header ?? "", "base64").toString("utf8"));
    if (typeof value !== "object" || value === null) return new Map();
    return new Map(Object.entries(value).map(([host, auth]) => [registryOf(host), toCredentials(auth)]));
  } catch {
    return new Map();
  }
}

/** Docker Hub is listed under its old API's address. */
function registryOf(host: string): string {
  const name = host.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return name === "index.docker.io" || name === "registry-1.docker.io" ? "docker.io" : name;
}
