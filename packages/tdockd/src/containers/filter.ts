import type { Filters } from "@tdock/api/filters";
import { checkFilterNames, matchesPattern } from "@tdock/api/filters";
import { hasLabels } from "@tdock/api/labels";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { networkSettings } from "../networks/network-settings.ts";
import type { Container } from "./container.ts";
import { settingsRequest } from "./container-network.ts";

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

/** The two that are alternatives to each other. */
const portFilters = ["publish", "expose"];

type FilterEngine = Pick<Engine, "containers" | "images" | "networks">;
type Test = (container: Container) => boolean;

/**
 * A test for containers by Docker's `ps` filters: values of one are alternatives (labels: all), filters are joined by
 * "and", but for `publish` and `expose`, of which one suffices. Throws `invalid-argument` for an unknown name or value, `not-found` for `before` and `since` of nothing.
 */
export async function containerFilter(engine: FilterEngine, filters: Filters | undefined): Promise<Test> {
  checkFilterNames(filters, names);
  const tests: Test[] = [];
  for (const [name, values] of Object.entries(filters ?? {})) {
    if (values.length > 0 && !portFilters.includes(name)) tests.push(await testOf(engine, name, values));
  }
  const [published, exposed] = portFilters.map((name) => filters?.[name] ?? []);
  if (published?.length || exposed?.length) tests.push(portTest(engine, published ?? [], exposed ?? []));
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

/** The host's ports of `publish`, the container's of `expose`; of what runs, as nothing else has any. Follows moby's `daemon/list.go`. */
function portTest(engine: FilterEngine, published: readonly string[], exposed: readonly string[]): Test {
  const isPublished = portMatch("publish", published);
  const isExposed = portMatch("expose", exposed);
  return (container) => {
    const { Ports } = networkSettings(engine, settingsRequest(container));
    return Object.entries(Ports ?? {}).some(([port, bindings]) => {
      const [number = "", protocol = "tcp"] = port.split("/");
      const hostPorts = bindings?.map(({ HostPort }) => Number(HostPort)) ?? [];
      return isExposed(Number(number), protocol) || hostPorts.some((one) => isPublished(one, protocol));
    });
  };
}

/** Whether one of `80`, `80/udp`, `80-90`… names a port. */
function portMatch(name: string, values: readonly string[]): (port: number, protocol: string) => boolean {
  const ranges = values.map((value) => {
    if (value.includes(":")) {
      throw new TdockError("invalid-argument", `filter for '${name}' should not contain ':': ${value}`);
    }
    const found = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(value);
    const [, first = "", last = first, protocol = "tcp"] = found ?? [];
    if (found === null || Number(last) < Number(first) || Number(last) > 65535) throw invalid(name, value);
    return { first: Number(first), last: Number(last), protocol: protocol.toLowerCase() };
  });
  return (port, protocol) =>
    ranges.some((range) => range.protocol === protocol && range.first <= port && port <= range.last);
}

function invalid(name: string, value: string): TdockError {
  return new TdockError("invalid-argument", `invalid filter '${name}=${value}'`);
}
