import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import { parseLogOptions } from "@tdock/keeper/log-options";
import type { LogDriver } from "@tdock/keeper/protocol";
import { combineEdits } from "../runtime/cdi/combine-edits.ts";
import { selectCdiDevices } from "../runtime/cdi/select-devices.ts";
import type { SecurityResolver } from "../runtime/security.ts";
import { parseDeviceRule } from "../runtime/spec/devices.ts";
import { resolveResources, resolveRlimits } from "../runtime/spec/resources.ts";
import { checkLogAttributes } from "./log-attributes.ts";
import { joinedContainer } from "./modes.ts";

const ownIpcSysctls = new Set([
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
]);

/**
 * Refuses, before anything is made, what could not be started: nothing that bears on security is ever ignored.
 * Throws `invalid-argument` or `conflict`, in Docker's words where it has some.
 */
export async function checkHostConfig(host: HostConfig, security: SecurityResolver): Promise<void> {
  checkRestartPolicy(host);
  checkModes(host);
  checkSysctls(host);
  checkLog(host);
  if (host.CgroupParent && !/^\/?[\w.-]+(\/[\w.-]+)*$/.test(host.CgroupParent)) {
    throw invalid(`invalid cgroup parent: ${host.CgroupParent}`);
  }
  if (host.CgroupParent?.split("/").includes("..")) throw invalid(`invalid cgroup parent: ${host.CgroupParent}`);
  if (host.Runtime && !["runc", "io.containerd.runc.v2"].includes(host.Runtime)) {
    throw invalid(`unknown or invalid runtime name: ${host.Runtime}`);
  }
  if (host.Isolation && host.Isolation !== "default") throw invalid(`invalid isolation '${host.Isolation}' on linux`);
  if (host.StorageOpt && Object.keys(host.StorageOpt).length > 0) {
    throw invalid(
      `--storage-opt is not supported by the overlayfs snapshotter: ${Object.keys(host.StorageOpt).join(", ")}`,
    );
  }
  if (host.ShmSize != null && host.ShmSize < 0) throw invalid("SHM size can not be less than 0");
  if (host.OomScoreAdj && (host.OomScoreAdj < -1000 || host.OomScoreAdj > 1000)) {
    throw invalid(`Invalid value ${host.OomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  }
  for (const rule of host.DeviceCgroupRules ?? []) parseDeviceRule(rule);
  resolveRlimits(host.Ulimits);
  await resolveResources(host);
  await combineEdits(await selectCdiDevices(host.DeviceRequests));
  security.resolve({
    privileged: host.Privileged === true,
    capAdd: host.CapAdd ?? [],
    capDrop: host.CapDrop ?? [],
    options: host.SecurityOpt ?? [],
  });
}

function checkRestartPolicy({ RestartPolicy, AutoRemove }: HostConfig): void {
  const { Name = "no", MaximumRetryCount = 0 } = RestartPolicy ?? {};
  if (Name && !["no", "always", "unless-stopped", "on-failure"].includes(Name)) {
    throw invalid(
      `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    );
  }
  if (MaximumRetryCount && MaximumRetryCount < 0)
    throw invalid("invalid restart policy: maximum retry count cannot be negative");
  if (MaximumRetryCount && Name !== "on-failure") {
    throw invalid(`invalid restart policy: maximum retry count can only be used with 'on-failure'`);
  }
  if (AutoRemove === true && Name !== "no" && Name !== "" && Name != null) {
    throw invalid("can't create 'AutoRemove' container with restart policy");
  }
}

function checkModes(host: HostConfig): void {
  const allowed = (name: string, mode: string | null | undefined, modes: readonly string[]) => {
    if (!mode || modes.includes(mode)) return;
    if (name !== "UTS" && joinedContainer(mode)) return;
    throw invalid(`invalid ${name} mode: ${mode}`);
  };
  allowed("PID", host.PidMode, ["host", "private"]);
  allowed("IPC", host.IpcMode, ["none", "private", "shareable", "host"]);
  allowed("UTS", host.UTSMode, ["host", "private"]);
  if (host.CgroupnsMode && !["host", "private"].includes(host.CgroupnsMode)) {
    throw invalid(`invalid CgroupNS mode: ${host.CgroupnsMode}`);
  }
  if (host.UsernsMode && host.UsernsMode !== "host")
    throw invalid(`invalid userns mode: ${host.UsernsMode}: user namespaces are not supported`);
}

/** Only what belongs to a namespace of the container's own: anything else would change the host (CVE-2022-0811). */
function checkSysctls(host: HostConfig): void {
  for (const [name, value] of Object.entries(host.Sysctls ?? {})) {
    if (/[\n\0+]/.test(`${name}${value}`) || !/^[\w.*/-]+$/.test(name))
      throw invalid(`invalid sysctl: ${JSON.stringify(name)}`);
    const own =
      (ownIpcSysctls.has(name) || name.startsWith("fs.mqueue.")) && host.IpcMode !== "host"
        ? true
        : name.startsWith("net.") && host.NetworkMode !== "host";
    if (!own) throw invalid(`sysctl '${name}' is not allowed in this container`);
  }
}

function checkLog({ LogConfig }: HostConfig): void {
  const driver = LogConfig?.Type || "local";
  if (!isLogDriver(driver)) throw invalid(`logger: no log driver named '${driver}' is registered`);
  parseLogOptions(driver, LogConfig?.Config ?? {});
  checkLogAttributes(LogConfig?.Config ?? {});
}

function isLogDriver(name: string): name is LogDriver {
  return ["local", "json-file", "none"].includes(name);
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
