import { arch, release } from "node:os";
import type { SystemVersion } from "@tdock/api/system";
import { maxApiVersion, minApiVersion } from "@tdock/api/version";
import type { Engine } from "../engine.ts";
import { machine } from "../runtime/machine.ts";
import { runcVersion } from "./runc-version.ts";

/** Version of tdockd itself. */
export const tdockVersion = "0.1.0";

/** Versions of everything that runs a container. */
export async function showVersion({ containerd }: Pick<Engine, "containerd">): Promise<SystemVersion> {
  const [daemon, runc] = await Promise.all([containerd.version().catch(() => undefined), runcVersion()]);
  const engineDetails = {
    ApiVersion: maxApiVersion,
    Arch: machine.architecture,
    KernelVersion: release(),
    MinAPIVersion: minApiVersion,
    Os: machine.os,
  };
  return {
    Platform: { Name: "tdock" },
    Version: tdockVersion,
    ...engineDetails,
    GitCommit: "",
    GoVersion: `node ${process.version}`,
    Experimental: false,
    BuildTime: "",
    Components: [
      {
        Name: "Engine",
        Version: tdockVersion,
        Details: { ...engineDetails, NodeVersion: process.version, Cpu: arch() },
      },
      { Name: "containerd", Version: daemon?.version ?? "unavailable", Details: { GitCommit: daemon?.revision ?? "" } },
      { Name: "runc", Version: runc.version, Details: { GitCommit: runc.commit } },
    ],
  } as SystemVersion;
}
