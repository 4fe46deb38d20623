import { createHash } from "node:crypto";
import type { RunLimits } from "../build-limits.ts";
import { type StepInputs, shownAt } from "../cache/step-record.ts";
import type { CopyOperation, PlacedMount, RunOperation, Step } from "../plan/operation.ts";

/** What a step reads besides its parent, digested. */
export interface StepSources {
  /** Digest of the files of COPY and ADD. */
  readonly files: string | undefined;
  /** For each mount with a source, what it shows. */
  readonly mounts: readonly string[];
}

/**
 * What the step is made from, and the key that stands for all of it. Two steps with one key give the same layer.
 * Secrets, agents and the contents of cache mounts are no part of it; nor are proxy variables.
 */
export function stepInputs(
  step: Step,
  parent: string,
  sources: StepSources,
  limits: RunLimits,
  epoch: number | undefined,
): StepInputs {
  const { operation } = step;
  const env = operation.kind === "run" ? Object.fromEntries(operation.env.map(splitAtEquals)) : {};
  return {
    parent,
    text: step.text,
    args: operation.kind === "run" ? Object.fromEntries(step.args) : {},
    env,
    files: sources.files,
    rest: JSON.stringify({ ...settingsOf(step, sources, limits), SOURCE_DATE_EPOCH: epoch }),
  };
}

/** The key of a step, in hex. `text` and `args` only say in other words what the rest says. */
export function stepKey({ parent, env, files, rest }: StepInputs): string {
  const sorted = Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([keyVersion, parent, sorted, files ?? null, rest]))
    .digest("hex");
}

/** The key of a `COPY --link` wherever it stands. Owners that only the image knows by name are not the same everywhere. */
export function linkKeyOf({ operation }: Step, inputs: StepInputs): string | undefined {
  if (operation.kind !== "copy" || !operation.link || !/^(?:\d+(?::\d+)?)?$/.test(operation.chown)) return undefined;
  return stepKey({ ...inputs, parent: "" });
}

/** Raised when a step with the same inputs would give another layer than before. */
const keyVersion = 3;

/** By the names that people know them by: the explanation of a miss reads them. */
function settingsOf(
  { operation }: Step,
  { mounts }: StepSources,
  limits: RunLimits,
): Readonly<Record<string, unknown>> {
  switch (operation.kind) {
    case "workdir":
      return { operation };
    case "run":
      return { ...runSettings(operation, limits), ...shownBy(operation.mounts, mounts) };
    case "copy":
      return { operation: copyParts(operation) };
  }
}

function runSettings(operation: RunOperation, limits: RunLimits): Readonly<Record<string, unknown>> {
  const { args, user, cwd, network, security, script, mounts } = operation;
  const { extraHosts, shmSizeBytes, ulimits, hostname } = limits;
  return {
    command: [args, script],
    USER: user,
    WORKDIR: cwd,
    network: network === "default" ? limits.network || "default" : network,
    security,
    mounts: mounts.map(mountParts),
    "added hosts": extraHosts,
    "size of /dev/shm": shmSizeBytes,
    ulimits,
    "host name": hostname,
  };
}

/** What stands for the files that each mount shows, by where it shows them. */
function shownBy(mounts: readonly PlacedMount[], keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(mounts.map(({ target }, index) => [`${shownAt} ${target}`, keys[index] ?? ""]));
}

function mountParts({ origin: _, ...mount }: PlacedMount): unknown {
  return mount;
}

/** Where the files come from is told by their digest; what they are called in the Dockerfile does not matter. */
function copyParts({ origin: _origin, items, ...operation }: CopyOperation): unknown {
  return [operation, items.map((item) => (item.kind === "path" ? "path" : item.kind))];
}

function splitAtEquals(entry: string): [string, string] {
  const equals = entry.indexOf("=");
  return [entry.slice(0, equals), entry.slice(equals + 1)];
}
