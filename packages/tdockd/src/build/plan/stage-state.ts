import type { HistoryEntry, ImageDefaults, ImageDocument } from "./image-document.ts";
import type { Step } from "./operation.ts";

/** The PATH of an image that sets none. */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Where a stage is after so many of its instructions. Changed in place while one stage is evaluated. */
export interface StageState {
  config: ImageDefaults;
  author: string | undefined;
  /** ENV and ARG, what RUN and expansion see. */
  readonly env: Map<string, string>;
  /** Build arguments declared so far. */
  readonly args: Map<string, string>;
  readonly history: HistoryEntry[];
  readonly steps: Step[];
  /** ONBUILD texts of this stage, for stages that stand on it. */
  readonly triggers: string[];
  workdirGiven: boolean;
  cmdGiven: boolean;
}

/** The state before the first instruction of a stage that stands on an image, or on nothing. */
export function stateOfImage(document: Pick<ImageDocument, "config" | "history" | "author"> | undefined): StageState {
  const config = document?.config ?? { WorkingDir: "/" };
  const env = new Map((config.Env ?? []).map(splitEnv));
  const given = config.Env ?? [];
  const withPath = env.has("PATH") ? given : [...given, `PATH=${defaultPath}`];
  if (!env.has("PATH")) env.set("PATH", defaultPath);
  return {
    config: { ...config, Env: withPath, OnBuild: undefined },
    author: document?.author,
    env,
    args: new Map(),
    history: [...(document?.history ?? [])],
    steps: [],
    triggers: [],
    workdirGiven: false,
    cmdGiven: false,
  };
}

/** The state before the first instruction of a stage that stands on another stage, which stays as it is. */
export function stateOfStage(parent: StageState): StageState {
  return {
    ...parent,
    config: { ...parent.config, OnBuild: undefined },
    env: new Map(parent.env),
    args: new Map(parent.args),
    history: [...parent.history],
    steps: [],
    triggers: [],
    cmdGiven: false,
  };
}

/** `NAME=value` as name and value. */
export function splitEnv(entry: string): [string, string] {
  const equals = entry.indexOf("=");
  return equals === -1 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
}

/** Adds an entry that has no layer. */
export function recordMetadata(state: StageState, text: string): void {
  state.history.push({ created_by: text, comment: historyComment, empty_layer: true });
}

/** Adds an entry whose step may leave a layer; returns its index. */
export function recordStep(state: StageState, text: string): number {
  state.history.push({ created_by: text, comment: historyComment });
  return state.history.length - 1;
}

/** What BuildKit writes: tools tell by it how to read `created_by`. */
const historyComment = "buildkit.dockerfile.v0";
