import { TdockError } from "@tdock/errors/error";
import { formatPlatform, type Platform, plainPlatform } from "../../registry/platform.ts";
import { expandWord } from "../dockerfile/expand.ts";
import { syntaxError } from "../dockerfile/source.ts";
import type { Dockerfile } from "../dockerfile/stages.ts";

/** What decides a build besides its files. */
export interface BuildOptions {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly target: string;
  /** `undefined`: this machine's. */
  readonly platform: Platform | undefined;
  readonly buildPlatform: Platform;
  readonly labels: ReadonlyMap<string, string>;
  /** Names of additional contexts. */
  readonly contexts: ReadonlySet<string>;
}

/** Proxy variables reach RUN, but neither the history nor a cache key unless ARG declares them. */
const proxyNames = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];

export function isProxyArgument(name: string): boolean {
  return proxyNames.includes(name.toLowerCase());
}

/** The arguments that FROM may use: the platform's, then ARG before the first FROM. */
export function globalArguments(dockerfile: Dockerfile, options: BuildOptions): ReadonlyMap<string, string> {
  const values = platformArguments(dockerfile, options);
  for (const { args, line } of dockerfile.globalArgs) {
    for (const { name, value } of args) {
      const given = options.buildArgs.get(name);
      const fallback = value === undefined ? undefined : () => expandGlobal(value, values, dockerfile, line);
      const result = given ?? fallback?.();
      if (result !== undefined) values.set(name, result);
    }
  }
  return values;
}

type Line = Parameters<typeof syntaxError>[0];

/** Expands a word outside of any stage; errors name its line. */
export function expandGlobal(
  word: string,
  values: ReadonlyMap<string, string>,
  { escapeChar }: Pick<Dockerfile, "escapeChar">,
  line: Line,
): string {
  try {
    return expandWord(word, (name) => values.get(name), { escapeChar }).value;
  } catch (thrown) {
    throw syntaxError(line, 0, TdockError.from(thrown).message);
  }
}

function platformArguments(dockerfile: Dockerfile, options: BuildOptions): Map<string, string> {
  const build = plainPlatform(options.buildPlatform);
  const target = plainPlatform(options.platform ?? build);
  const stage = options.target || dockerfile.stages.at(-1)?.from.name || "default";
  const values = new Map([
    ["BUILDPLATFORM", formatPlatform(build)],
    ["BUILDOS", build.os],
    ["BUILDARCH", build.architecture],
    ["BUILDVARIANT", build.variant ?? ""],
    ["TARGETPLATFORM", formatPlatform(target)],
    ["TARGETOS", target.os],
    ["TARGETARCH", target.architecture],
    ["TARGETVARIANT", target.variant ?? ""],
    ["TARGETSTAGE", stage],
  ]);
  for (const name of values.keys()) {
    const given = options.buildArgs.get(name);
    if (given !== undefined) values.set(name, given);
  }
  return values;
}
