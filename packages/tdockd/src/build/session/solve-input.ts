import type { imageBuild } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import type { FrontendOrder, SolveOrder } from "@tdock/buildkit/control";
import { TdockError } from "@tdock/errors/error";

type BuildInput = Omit<Input<typeof imageBuild>, "body">;

/**
 * An order for the frontend `dockerfile.v0` in the words of `POST /build`. Throws `not-implemented` for what is not
 * offered, never ignoring what would change the result.
 */
export function solveInput(order: SolveOrder, { options }: Pick<FrontendOrder, "options">): BuildInput {
  const known = new OptionReader(options);
  const noCache = known.take("no-cache");
  const hostname = known.take("hostname");
  const multiPlatform = known.take("multi-platform");
  const cgroupparent = known.take("cgroup-parent");
  const input: BuildInput = {
    session: order.session,
    remote: known.take("context") ?? "client-session",
    dockerfile: known.take("filename") ?? "",
    target: known.take("target") ?? "",
    platform: known.take("platform") ?? "",
    buildargs: {
      ...known.takeAll("build-arg:"),
      ...(hostname !== undefined && { BUILDKIT_SANDBOX_HOSTNAME: hostname }),
      ...(multiPlatform !== undefined && { BUILDKIT_MULTI_PLATFORM: multiPlatform }),
    },
    labels: known.takeAll("label:"),
    contexts: known.takeAll("context:"),
    nocache: noCache === "",
    nocachefilter: noCache ? noCache.split(",") : [],
    pull: known.take("image-resolve-mode") === "pull" ? "1" : "",
    networkmode: networkOf(known.take("force-network-mode") ?? ""),
    extrahosts: fields(known.take("add-hosts")).map((host) => host.replace("=", ":")),
    shmsize: known.number("shm-size"),
    ulimits: fields(known.take("ulimit")).map(ulimitOf),
    memory: known.number("memory"),
    memswap: known.number("memswap"),
    cpushares: known.number("cpushares"),
    cpuperiod: known.number("cpuperiod"),
    cpuquota: known.number("cpuquota"),
    cpusetcpus: known.take("cpusetcpus") ?? "",
    cpusetmems: known.take("cpusetmems") ?? "",
    allow: order.entitlements,
    outputs:
      order.exporters.length === 0
        ? [{ Type: "cacheonly" }]
        : order.exporters.map(({ type, attributes }) => ({ Type: type, Attrs: attributes })),
    cachefrom: [...fields(known.take("cache-from")), ...cacheSources(known.take("cache-imports"))],
    cacheto: order.cacheExports.map(cacheTarget),
    ...(cgroupparent !== undefined && { cgroupparent }),
  };
  known.refuseRest();
  return input;
}

/** Options that change nothing here: they only say what the client can do or knows again, and what attestations would tell. */
const harmless = /^(frontend\.caps|vcs:.*|local-sessionid:.*|sharedkey:localdir:.*)$/;
/** Options with a value that says no more than their absence. */
const defaults: ReadonlyMap<string, RegExp> = new Map([
  ["contextkey", /^context$/],
  ["dockerfilekey", /^dockerfile$/],
  ["attest:provenance", /disabled=true/],
  ["attest:sbom", /disabled=true/],
]);

/** Knows which of a frontend's options have been read. */
class OptionReader {
  private readonly rest: Map<string, string>;

  constructor(options: Readonly<Record<string, string>>) {
    this.rest = new Map(Object.entries(options));
  }

  take(name: string): string | undefined {
    const value = this.rest.get(name);
    this.rest.delete(name);
    return value;
  }

  number(name: string): number {
    const text = this.take(name) ?? "0";
    if (/^-?\d{1,15}$/.test(text)) return Number(text);
    throw new TdockError("invalid-argument", `${name}: wanted a number, got ${text}`);
  }

  takeAll(prefix: string): Record<string, string> {
    const names = [...this.rest.keys()].filter((name) => name.startsWith(prefix));
    return Object.fromEntries(names.map((name) => [name.slice(prefix.length), this.take(name) ?? ""]));
  }

  refuseRest(): void {
    for (const [name, value] of this.rest) {
      if (harmless.test(name) || defaults.get(name)?.test(value)) continue;
      throw new TdockError("not-implemented", `option ${name}=${value} of the frontend is not offered`);
    }
  }
}

function fields(text: string | undefined): string[] {
  return (text ?? "").split(",").filter((field) => field !== "");
}

function networkOf(mode: string): string {
  return mode === "sandbox" ? "" : mode;
}

/** `nofile=1024:2048`, or one number for both. */
function ulimitOf(text: string): { Name: string; Soft: number; Hard: number } {
  const [, Name = "", soft, hard] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (soft === undefined) throw new TdockError("invalid-argument", `ulimit: wanted NAME=SOFT:HARD, got ${text}`);
  return { Name, Soft: Number(soft), Hard: Number(hard ?? soft) };
}

/** JSON of `[{Type, Attrs}]`. Only registries are asked: the others lie at the client, and are hints like all of them. */
function cacheSources(json = "[]"): string[] {
  return parseCacheImports(json).flatMap(({ Type, Attrs }) => (Type === "registry" && Attrs?.ref ? [Attrs.ref] : []));
}

function parseCacheImports(json: string): readonly { Type?: string; Attrs?: { ref?: string } }[] {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new TdockError("invalid-argument", `cache-imports: wanted a list, got ${json.slice(0, 80)}`, { cause });
  }
}

function cacheTarget({ type, attributes }: SolveOrder["cacheExports"][number]): string {
  if (type === "inline") return "type=inline";
  if (type !== "registry") throw new TdockError("not-implemented", `the cache exporter ${type} is not offered`);
  const { ref = "", mode = "min" } = attributes;
  return `type=registry,"ref=${ref.replaceAll('"', "")}",mode=${mode}`;
}
