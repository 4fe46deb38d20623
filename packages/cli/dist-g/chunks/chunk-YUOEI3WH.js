import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/terminal/ports.ts
function displayPorts(ports) {
  const runs = [];
  const mapped = [];
  const open = /* @__PURE__ */ new Map();
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
    if (run !== void 0) runs.push(displayRun(key, run));
    open.set(key, { first: inside, last: inside });
  }
  return [...runs, ...[...open].map(([key, run]) => displayRun(key, run)), ...mapped].join(", ");
}
function joinHostPort(host, port) {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
function displayRun(key, { first, last }) {
  const range = first === last ? String(first) : `${first}-${last}`;
  const slash = key.indexOf("/");
  if (slash === -1) return `${range}/${key}`;
  return `${joinHostPort(key.slice(0, slash), range)}->${range}/${key.slice(slash + 1)}`;
}
function comparePorts(a, b) {
  return a.PrivatePort - b.PrivatePort || compareAddresses(a.IP ?? "", b.IP ?? "") || (a.PublicPort ?? 0) - (b.PublicPort ?? 0) || compareText(a.Type, b.Type);
}
function compareAddresses(a, b) {
  return Number(a.includes(":")) - Number(b.includes(":")) || compareText(a, b);
}
function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

export {
  displayPorts,
  joinHostPort
};
