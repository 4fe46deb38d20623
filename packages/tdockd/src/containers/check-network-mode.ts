import { posix } from "node:path";
import type { ContainerConfig } from "@tdock/api/container-config";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import { joinedContainer } from "./modes.ts";

/**
 * Refuses what a request asks for beside a network or name that is another's, where it would have no effect; and a
 * working directory that is relative, as only an image may have one. Throws `invalid-argument`, in Docker's words
 * (moby `runconfig/hostconfig.go`, `validateNetContainerMode`).
 */
export function checkNetworkMode(asked: ContainerConfig, host: HostConfig): void {
  if (asked.WorkingDir && !posix.isAbsolute(asked.WorkingDir)) {
    throw invalid(`the working directory '${asked.WorkingDir}' is invalid, it needs to be an absolute path`);
  }
  if (host.UTSMode === "host" && asked.Hostname) throw invalid("conflicting options: hostname and the UTS mode");
  const other = joinedContainer(host.NetworkMode);
  if (other === undefined) return;
  if (other === "") throw invalid("invalid network mode: invalid container format container:<name|id>");
  const message = conflictWithJoining(asked, host);
  if (message !== undefined) throw invalid(`conflicting options: ${message}`);
}

function conflictWithJoining(asked: ContainerConfig, host: HostConfig): string | undefined {
  if (asked.Hostname) return "hostname and the network mode";
  if (host.Dns?.length) return "dns and the network mode";
  if (host.ExtraHosts?.length) return "custom host-to-IP mapping and the network mode";
  if (host.PublishAllPorts || Object.keys(host.PortBindings ?? {}).length > 0) {
    return "port publishing and the container type network mode";
  }
  if (Object.keys(asked.ExposedPorts ?? {}).length > 0) return "port exposing and the container type network mode";
  return undefined;
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
