import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../host/run-command.ts";
import { openSandbox } from "../open-sandbox.ts";
import type { Sandbox } from "../sandbox.ts";
import type { SandboxRequest } from "../sandbox-request.ts";
import { type NetworkEngine, type PrivateHost, runIn } from "./private-host.ts";

/** A container's id that follows from its name. */
export function idOf(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(64, "0").slice(0, 64);
}

/** The network of a container without the container. */
export function openContainer(
  host: Pick<PrivateHost, "engine" | "folder">,
  name: string,
  over: Partial<SandboxRequest> & { engine?: NetworkEngine } = {},
): Promise<Sandbox> {
  const { engine = host.engine, ...request } = over;
  const folder = join(host.folder, name);
  mkdirSync(folder, { recursive: true });
  return openSandbox(engine, {
    containerId: idOf(name),
    name,
    hostname: name,
    domainname: "",
    hostConfig: {},
    endpoints: { bridge: {} },
    exposedPorts: [],
    folder,
    ...request,
  });
}

export function pathOf(sandbox: Sandbox): string {
  return sandbox.namespace.kind === "own" ? sandbox.namespace.path : "";
}

export function addressOf(sandbox: Sandbox, network = sandbox.endpoints[0]?.networkName): string {
  return sandbox.endpoints.find(({ networkName }) => networkName === network)?.ipv4?.address ?? "";
}

/** A server inside a container, or at `path`, that answers each TCP connection with the address that it comes from. */
export async function serveTcp(where: Sandbox | string, port: number): Promise<AsyncDisposable> {
  const path = typeof where === "string" ? where : pathOf(where);
  const controller = new AbortController();
  const script = `require("net").createServer((s) => s.end(s.remoteAddress)).listen(${port})`;
  const args = [`--net=${path}`, process.execPath, "-e", script];
  const running = runCommand("nsenter", args, { signal: controller.signal });
  running.catch(() => {});
  await untilListening(path, port);
  return {
    async [Symbol.asyncDispose]() {
      controller.abort();
      await running.catch(() => {});
    },
  };
}

/** Connects from a namespace; answers what the server said, "" when nobody did within a second. */
export async function askTcp(from: string, address: string, port: number): Promise<string> {
  const { stdout } = await runIn(from, "busybox", "nc", "-w", "1", address, String(port));
  return stdout.trim();
}

async function untilListening(path: string, port: number): Promise<void> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { stdout } = await runIn(path, "cat", "/proc/net/tcp", "/proc/net/tcp6");
    if (stdout.split("\n").some((line) => line.includes(wanted) && line.includes(" 0A "))) return;
  }
  throw new Error(`nobody listens on port ${port}`);
}
