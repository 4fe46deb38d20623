import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { removeTree } from "../../host/remove-tree.ts";
import { checkSystemFolders, readIdentityFiles } from "../../runtime/identity.ts";
import { mergeEnvironment } from "../../runtime/spec/environment.ts";
import type { OciSpec } from "../../runtime/spec/oci.ts";
import { resolveResources, resolveRlimits } from "../../runtime/spec/resources.ts";
import { buildSpec } from "../../runtime/spec/spec.ts";
import { type IdentityFiles, resolveUser } from "../../runtime/spec/user.ts";
import { clampTimes } from "../layer/clamp-times.ts";
import { newBuildName, type OpenLayer } from "../layer/make-layer.ts";
import { withMounts } from "../layer/with-view.ts";
import type { PlacedMount, RunOperation } from "../plan/operation.ts";
import { defaultPath } from "../plan/stage-state.ts";
import { importMount } from "../remote-cache/import-mount.ts";
import type { BuildRun } from "../solve/build-run.ts";
import { findMountStubs, removeMountStubs } from "./mount-stubs.ts";
import type { StepMounts } from "./opened-mounts.ts";
import { openStepMounts } from "./run-mounts.ts";
import { SecretMask } from "./secret-mask.ts";
import type { Source } from "./source.ts";
import { runStepProcess, type StepEnd } from "./step-process.ts";
import { openStepSandbox, type StepSandbox } from "./step-sandbox.ts";

export interface RunWork {
  readonly operation: RunOperation;
  sourceOf(mount: PlacedMount): Promise<Source>;
  output(bytes: Uint8Array): Promise<void>;
}

/** A fork bomb must not take the host with it. */
const pidsLimit = 4096;
const defaultShmBytes = 64 * 1024 * 1024;

/**
 * Carries out RUN: the command runs in the layer's root with the security defaults of containers.
 * Throws `invalid-argument`, reason `exit-code-N`, when it does not exit with 0.
 */
export async function runInLayer(run: BuildRun, layer: OpenLayer, work: RunWork): Promise<void> {
  const id = newBuildName();
  const folder = join(run.folder, id);
  const scratch = join(run.scratch, id);
  mkdirSync(folder, { mode: 0o711 });
  mkdirSync(scratch, { mode: 0o700 });
  try {
    const end = await runProcess(run, layer, work, { id, folder, scratch });
    if (end.exitCode !== 0) throw exitError(work.operation, end);
    if (run.epoch !== undefined) clampTimes(layer.upper, run.epoch);
  } finally {
    await removeTree(folder);
    await removeTree(scratch);
  }
}

interface Place {
  readonly id: string;
  readonly folder: string;
  readonly scratch: string;
}

async function runProcess(run: BuildRun, layer: OpenLayer, work: RunWork, place: Place): Promise<StepEnd> {
  const { engine, limits, signal } = run;
  const { operation } = work;
  await using mounts = await openStepMounts(
    {
      engine,
      signal,
      ...place,
      cacheMounts: engine.builds.cacheMounts,
      cacheNamespace: run.cacheNamespace,
      usedMounts: run.usedMounts,
      importMount: (name, target) => importMount(run, name, target),
      sourceOf: work.sourceOf,
      secret: run.client.secret,
      forwardAgent: run.client.forwardAgent,
    },
    operation,
  );
  await using sandbox = await openStepSandbox(engine, { ...place, mode: operation.network, limits });
  const targets = [...sandbox.mounts, ...mounts.mounts].map(({ destination }) => destination);
  const { identity, stubs } = await withMounts(engine, layer.key, layer.view, (root) => {
    checkSystemFolders(root);
    return { identity: readIdentityFiles(root), stubs: findMountStubs(root, targets) };
  });
  const output = new SecretMask(mounts.secrets, work.output);
  try {
    const spec = await specOf(run, operation, { ...place, identity, mounts, sandbox });
    return await runStepProcess(engine, {
      id: place.id,
      folder: place.folder,
      spec,
      rootfs: layer.root,
      signal,
      output: (bytes) => output.write(bytes),
      afterwards: run.keepBusy,
    });
  } catch (thrown) {
    throw startError(operation, TdockError.from(thrown));
  } finally {
    await output.end().catch(() => {}); // when nobody listens any more, the build is being stopped
    removeMountStubs(layer.upper, stubs);
  }
}

interface SpecFacts {
  readonly id: string;
  readonly identity: IdentityFiles;
  readonly mounts: StepMounts;
  readonly sandbox: StepSandbox;
}

async function specOf(run: BuildRun, operation: RunOperation, facts: SpecFacts): Promise<OciSpec> {
  const { engine, limits } = run;
  const privileged = operation.security === "insecure";
  const security = engine.security.resolve({ privileged, capAdd: [], capDrop: [], options: [] });
  const proxy = inBothCases(limits.proxy);
  return buildSpec({
    args: operation.args,
    env: mergeEnvironment([`PATH=${defaultPath}`, ...proxy], [...operation.env, ...facts.mounts.env]),
    cwd: operation.cwd,
    user: resolveUser(operation.user, [], facts.identity),
    terminal: false,
    hostname: limits.hostname,
    readonlyRoot: false,
    privileged,
    capabilities: security.capabilities,
    noNewPrivileges: security.noNewPrivileges,
    seccomp: security.seccomp,
    namespaces: {
      pid: "private",
      ipc: "private",
      uts: "private",
      network: facts.sandbox.namespace,
      cgroup: engine.builds.cgroupNamespace,
    },
    mounts: [...facts.sandbox.mounts, ...facts.mounts.mounts],
    shmSizeBytes: limits.shmSizeBytes || defaultShmBytes,
    devices: [],
    deviceRules: [],
    resources: await resolveResources({ ...limits.resources, PidsLimit: pidsLimit }),
    rlimits: resolveRlimits(limits.ulimits),
    sysctls: {},
    cgroupsPath: `${engine.config.cgroupParent}/${facts.id}`,
  });
}

/** Programs read proxies in capitals or not: what is given in one form holds in the other, too, as in BuildKit. */
function inBothCases(proxy: ReadonlyMap<string, string>): string[] {
  const all = new Map(
    [...proxy].flatMap(([name, value]) => [name.toLowerCase(), name.toUpperCase()].map((one) => [one, value])),
  );
  return [...all, ...proxy].map(([name, value]) => `${name}=${value}`);
}

function exitError({ args }: RunOperation, { exitCode, ranOutOfMemory }: StepEnd): TdockError {
  const signal = exitCode > 128 && exitCode < 193 ? `, killed by signal ${exitCode - 128}` : "";
  const memory = ranOutOfMemory ? ", for want of memory" : "";
  const message = `The command '${args.join(" ")}' returned a non-zero code: ${exitCode}${signal}${memory}`;
  return new TdockError("invalid-argument", message, { reason: `exit-code-${exitCode}` });
}

/** What a shell would exit with for a command that cannot be started. */
const startExitCodes: Readonly<Record<string, number>> = { "command-not-found": 127, "not-executable": 126 };

function startError({ args }: RunOperation, error: TdockError): TdockError {
  const exitCode = startExitCodes[error.reason ?? ""];
  if (exitCode === undefined) return error;
  const cause = /exec: ".*?(?=: unknown$|$)/.exec(error.message)?.[0] ?? error.message;
  const message = `The command '${args.join(" ")}' could not be started: ${cause}`;
  return new TdockError("invalid-argument", message, { cause: error, reason: `exit-code-${exitCode}` });
}
