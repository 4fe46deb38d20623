import type { Engine } from "../../engine.ts";
import { closeSandbox } from "../../networks/close-sandbox.ts";
import { networkFilesOf } from "../../networks/network-files.ts";
import { openSandbox } from "../../networks/open-sandbox.ts";
import { fileMount } from "../../runtime/spec/mounts.ts";
import type { OciMount } from "../../runtime/spec/oci.ts";
import type { NamespaceSource } from "../../runtime/spec/spec.ts";
import type { RunLimits } from "../build-limits.ts";
import type { NetworkMode } from "../dockerfile/instruction.ts";

/** The network of one step. */
export interface StepSandbox extends AsyncDisposable {
  readonly namespace: NamespaceSource;
  /** /etc/resolv.conf, /etc/hosts and /etc/hostname. */
  readonly mounts: readonly OciMount[];
}

export interface SandboxOptions {
  readonly id: string;
  readonly folder: string;
  readonly mode: NetworkMode;
  readonly limits: Pick<RunLimits, "network" | "extraHosts" | "hostname">;
}

/** Opens the network that a RUN step wants. */
export async function openStepSandbox(
  engine: Pick<Engine, "config" | "events" | "networks">,
  { id, folder, mode, limits }: SandboxOptions,
): Promise<StepSandbox> {
  const asked = mode === "default" ? limits.network : mode;
  const networkMode = asked === "" || asked === "default" ? "bridge" : asked;
  const separate = networkMode === "host" || networkMode === "none" || networkMode.startsWith("container:");
  const sandbox = await openSandbox(engine, {
    containerId: id,
    name: id,
    hostname: limits.hostname,
    domainname: "",
    hostConfig: { NetworkMode: networkMode, ExtraHosts: [...limits.extraHosts] },
    endpoints: separate ? {} : { [networkMode]: {} },
    exposedPorts: [],
    folder,
  });
  const { hosts, hostname, resolvConf } = networkFilesOf(engine, sandbox);
  const { namespace } = sandbox;
  return {
    namespace: namespace.kind === "host" ? "host" : { path: namespace.path },
    mounts: [
      fileMount(resolvConf, "/etc/resolv.conf", true),
      fileMount(hostname, "/etc/hostname", true),
      fileMount(hosts, "/etc/hosts", true),
    ],
    async [Symbol.asyncDispose]() {
      await closeSandbox(engine, id);
    },
  };
}
