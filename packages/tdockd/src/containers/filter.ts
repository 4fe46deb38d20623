import type { Filters } from "@tdock/api/filters";
import { checkFilterNames, matchesPattern } from "@tdock/api/filters";
import { hasLabels } from "@tdock/api/labels";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { Container } from "./container.ts";

const names = [
  "ancestor",
  "before",
  "exited",
  "expose",
  "health",
  "id",
  "is-task",
  "label",
  "name",
  "network",
  "publish",
  "since",
  "status",
  "volume",
];

type FilterEngine = Pick<Engine, "containers" | "images" | "networks">;
type Test = (container: Container) => boolean;

/**
 * A test for containers by Docker's `ps` filters: values of one are alternatives (labels: all), filters are joined by
 * "and". Throws `invalid-argument` for an unknown name or value, `not-found` for `before` and `since` of nothing.
 */
export async function containerFilter(engine: FilterEngine, filters: Filters | undefined): Promise<Test> {
  checkFilterNames(filters, names);
  const tests: Test[] = [];
  for (const [name, values] of Object.entries(filters ?? {})) {
    if (values.length > 0) tests.push(await testOf(engine, name, values));
  }
  return (container) => tests.every((test) => test(container));
}

async function testOf(engine: FilterEngine, name: string, values: readonly string[]): Promise<Test> {
  switch (name) {
    case "id":
      return ({ id }) => values.some((value) => matchesPattern(id, value));
    case "name":
      return ({ name }) => values.some((value) => matchesPattern(name, value) || matchesPattern(`/${name}`, value));
    case "label":
      return ({ config }) => hasLabels(config.Labels, values);
    case "status":
      return statusTest(values);
    case "exited":
      return exitedTest(values);
    case "health":
      return healthTest(values);
    case "ancestor":
      return ancestorTest(engine, values);
    case "before":
      return orderTest(engine, values, (container, other) => container.createdAt < other.createdAt);
    case "since":
      return orderTest(engine, values, (container, other) => container.createdAt > other.createdAt);
    case "volume":
      return ({ mounts }) => mounts.some((mount) => values.some((value) => isAt(mount, value)));
    case "network":
      return networkTest(engine, values);
    case "publish":
      return portTest(name, values, ({ hostConfig }) => hostConfig.PortBindings);
    case "expose":
      return portTest(name, values, ({ config }) => config.ExposedPorts);
    default:
      // is-task: there are no swarm tasks here.
      return () => !values.includes("true");
  }
}

function isAt(mount: Container["mounts"][number], value: string): boolean {
  if (mount.destination === value) return true;
  return (mount.kind === "volume" && mount.name === value) || ("source" in mount && mount.source === value);
}

function statusTest(values: readonly string[]): Test {
  const known = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];
  for (const value of values) if (!known.includes(value)) throw invalid("status", value);
  return ({ status }) => values.includes(status.kind);
}

function exitedTest(values: readonly string[]): Test {
  const codes = values.map((value) => {
    if (!/^-?\d{1,10}$/.test(value)) throw invalid("exited", value);
    return Number(value);
  });
  return ({ status }) => status.kind === "exited" && codes.includes(status.exitCode);
}

async function ancestorTest({ images }: FilterEngine, values: readonly string[]): Promise<Test> {
  const ids = new Set<string>();
  for (const value of values) {
    const image = await images.resolve(value, undefined).catch(() => undefined);
    if (image !== undefined) ids.add(image.id);
  }
  return ({ imageId }) => ids.has(imageId);
}

function orderTest(
  { containers }: FilterEngine,
  values: readonly string[],
  isInOrder: (container: Container, other: Container) => boolean,
): Test {
  const others = values.map((value) => containers.get(value));
  return (container) => others.some((other) => isInOrder(container, other));
}

function networkTest({ networks }: FilterEngine, values: readonly string[]): Test {
  const wanted = new Set(values.flatMap((value) => [value, networks.records.find(value)?.name ?? value]));
  return ({ endpoints, hostConfig }) =>
    Object.keys(endpoints).some((name) => wanted.has(name)) || wanted.has(hostConfig.NetworkMode ?? "");
}

function healthTest(values: readonly string[]): Test {
  const known = ["none", "starting", "healthy", "unhealthy"];
  for (const value of values) if (!known.includes(value)) throw invalid("health", value);
  return ({ status }) => values.includes("health" in status ? (status.health?.status ?? "none") : "none");
}

/** `80`, `80/tcp`, `80-90`, among the ports that are the keys of a map. */
function portTest(
  name: string,
  values: readonly string[],
  portsOf: (container: Container) => object | null | undefined,
): Test {
  const ranges = values.map((value) => {
    const found = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(value);
    if (found === null) throw invalid(name, value);
    const [, first = "", last = first, protocol = "tcp"] = found;
    return { first: Number(first), last: Number(last), protocol };
  });
  const isWanted = (port: string) => {
    const [number = "", kind = "tcp"] = port.split("/");
    return ranges.some(
      (range) => kind === range.protocol && Number(number) >= range.first && Number(number) <= range.last,
    );
  };
  return (container) => Object.keys(portsOf(container) ?? {}).some(isWanted);
}

function invalid(name: string, value: string): TdockError {
  return new TdockError("invalid-argument", `invalid filter '${name}=${value}'`);
}
