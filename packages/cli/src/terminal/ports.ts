/** One port of a container, as listings get it. */
export interface ListedPort {
  readonly IP?: string | undefined;
  readonly PrivatePort: number;
  readonly PublicPort?: number | undefined;
  readonly Type: string;
}

/**
 * `0.0.0.0:8080->80/tcp, 0.0.0.0:9000-9005->9000-9005/tcp, 53/udp`: runs of ports whose number is the same on both
 * sides are put together (docker/cli `formatter.DisplayablePorts`).
 */
export function displayPorts(ports: readonly ListedPort[]): string {
  const runs: string[] = [];
  const mapped: string[] = [];
  const open = new Map<string, { first: number; last: number }>();
  for (const port of ports.toSorted(comparePorts)) {
    const { IP: ip, PrivatePort: inside, PublicPort: outside, Type: type } = port;
    if (ip && outside !== inside) {
      mapped.push(`${joinHostPort(ip, String(outside))}->${inside}/${type}`);
      continue;
    }
    const key = ip ? `${ip}/${type}` : type;
    const run = open.get(key);
    if (run?.last === inside - 1) {
      run.last = inside;
      continue;
    }
    if (run !== undefined) runs.push(displayRun(key, run));
    open.set(key, { first: inside, last: inside });
  }
  return [...runs, ...[...open].map(([key, run]) => displayRun(key, run)), ...mapped].join(", ");
}

export function joinHostPort(host: string, port: string): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function displayRun(key: string, { first, last }: { first: number; last: number }): string {
  const range = first === last ? String(first) : `${first}-${last}`;
  const slash = key.indexOf("/");
  if (slash === -1) return `${range}/${key}`;
  return `${joinHostPort(key.slice(0, slash), range)}->${range}/${key.slice(slash + 1)}`;
}

function comparePorts(a: ListedPort, b: ListedPort): number {
  return (
    a.PrivatePort - b.PrivatePort ||
    compareAddresses(a.IP ?? "", b.IP ?? "") ||
    (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
    compareText(a.Type, b.Type)
  );
}

/** IPv4 before IPv6, as Go's netip orders them; within one family the usual texts sort the same way. */
function compareAddresses(a: string, b: string): number {
  return Number(a.includes(":")) - Number(b.includes(":")) || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
