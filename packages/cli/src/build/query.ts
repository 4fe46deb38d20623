import type { imageBuild } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { FlagValues } from "../flags/flag.ts";
import { pairsToMap, splitPair } from "../flags/pairs.ts";
import { cacheOption } from "./cache-option.ts";
import type { buildFlags } from "./flags.ts";

type Env = Readonly<Record<string, string | undefined>>;
type Query = Omit<Input<typeof imageBuild>, "body" | "t">;

/** What the flags of a build say to the engine, but for names. `proxies` are build arguments that the flags need not name. */
export function buildQuery(
  flags: FlagValues<typeof buildFlags>,
  env: Env,
  proxies: Readonly<Record<string, string>>,
): Query {
  return {
    target: flags.target,
    platform: flags.platform ?? (env.DOCKER_DEFAULT_PLATFORM || undefined),
    q: flags.quiet,
    nocache: flags["no-cache"],
    nocachefilter: flags["no-cache-filter"].flatMap((stages) => stages.split(",")),
    pull: flags.pull ? "1" : undefined,
    buildargs: { ...proxies, ...buildArgs(flags["build-arg"], env) },
    labels: pairsToMap(flags.label),
    networkmode: flags.network,
    extrahosts: flags["add-host"],
    shmsize: flags["shm-size"],
    ulimits: flags.ulimit,
    allow: flags.allow,
    check: isCheck(flags),
    keepfailed: true,
    cachefrom: flags["cache-from"].length > 0 ? flags["cache-from"].map(cacheOption) : undefined,
    cacheto: flags["cache-to"].length > 0 ? flags["cache-to"].map(cacheOption) : undefined,
    contexts: namedContexts(flags["build-context"]),
    squash: flags.squash,
    memory: flags.memory,
    memswap: flags["memory-swap"],
    cpushares: flags["cpu-shares"],
    cpuperiod: flags["cpu-period"],
    cpuquota: flags["cpu-quota"],
    cpusetcpus: flags["cpuset-cpus"],
    cpusetmems: flags["cpuset-mems"],
    cgroupparent: flags["cgroup-parent"],
  };
}

/** Whether the Dockerfile is only looked at. */
export function isCheck({ check, call }: Pick<FlagValues<typeof buildFlags>, "check" | "call">): boolean {
  return check || call === "check";
}

/** A name without a value takes that of the caller's environment, and is left out where there is none. */
function buildArgs(pairs: readonly string[], env: Env): Record<string, string> {
  const given = pairs.flatMap((pair) => {
    const [name, value = env[name]] = splitPair(pair);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return pairsToMap(given);
}

function namedContexts(pairs: readonly string[]): Record<string, string> {
  for (const pair of pairs) {
    if (splitPair(pair)[1] === undefined) {
      throw new TdockError("invalid-argument", `invalid build context ${pair}: wanted name=value`);
    }
  }
  return pairsToMap(pairs);
}
