import type { ContainerConfig } from "@tdock/api/container-config";
import { TdockError } from "@tdock/errors/error";
import { mergeEnvironment } from "../runtime/spec/environment.ts";
import { commandOf, workingDir } from "./container-spec.ts";
import { healthCheckOf } from "./health-check.ts";
import { parseSignal } from "./signal.ts";

/**
 * Refuses, before anything is made, what the caller or an image says of a container's process and no process could be
 * started with. Throws `invalid-argument`.
 */
export function checkConfig(config: ContainerConfig): void {
  if (commandOf(config).some((word) => word.includes("\0"))) throw invalid("command with a NUL byte");
  workingDir(config);
  mergeEnvironment([], config.Env ?? []);
  if (config.StopSignal) parseSignal(config.StopSignal);
  healthCheckOf(config);
  checkHostName("hostname", config.Hostname);
  checkHostName("domainname", config.Domainname);
}

/** It becomes a line of /etc/hosts; 64 bytes are what the kernel takes. */
function checkHostName(kind: string, name: string | null | undefined): void {
  if (!name || /^[\w.-]{1,64}$/.test(name)) return;
  throw invalid(`invalid ${kind} format: ${JSON.stringify(name.slice(0, 100))}`);
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
