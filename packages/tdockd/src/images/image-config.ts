import { containerConfig } from "@tdock/api/container-config";
import { noList, optional } from "@tdock/api/schema";
import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";
import { isDigest } from "../registry/digest.ts";

/** Longest image configuration that is read: 4 MiB. */
export const configLimitBytes = 4 * 1024 * 1024;

const { User, ExposedPorts, Env, Entrypoint, Cmd, Volumes, WorkingDir, Labels, StopSignal, Healthcheck, Shell } =
  containerConfig.entries;

/** What an image may ask for its containers: anything else it says (`HostConfig`, `Privileged`) is not read. */
const runConfig = v.object({
  User,
  ExposedPorts,
  Env,
  Entrypoint,
  Cmd,
  Volumes,
  WorkingDir,
  Labels,
  StopSignal,
  Healthcheck,
  Shell,
  OnBuild: containerConfig.entries.OnBuild,
  ArgsEscaped: containerConfig.entries.ArgsEscaped,
});

const historyEntry = v.object({
  created: optional(v.string()),
  created_by: optional(v.string()),
  author: optional(v.string()),
  comment: optional(v.string()),
  empty_layer: optional(v.boolean()),
});

const imageConfigFile = v.object({
  architecture: v.string(),
  os: v.string(),
  variant: optional(v.string()),
  "os.version": optional(v.string()),
  created: optional(v.string()),
  author: optional(v.string()),
  config: optional(v.pipe(noList, runConfig)),
  rootfs: v.object({
    diff_ids: v.array(v.pipe(v.string(), v.check(isDigest, "not a digest"))),
  }),
  history: optional(v.array(historyEntry)),
});

/** An image configuration, checked. Follows https://github.com/opencontainers/image-spec/blob/main/config.md. */
export type ImageConfigFile = v.InferOutput<typeof imageConfigFile>;
export type ImageRunConfig = v.InferOutput<typeof runConfig>;
export type ImageHistoryEntry = v.InferOutput<typeof historyEntry>;

/** Reads an image configuration. Nothing in it is trusted. Throws `invalid-argument` that names the wrong member. */
export function parseImageConfig(bytes: Uint8Array): ImageConfigFile {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TdockError("invalid-argument", "invalid image configuration: not JSON", { cause });
  }
  const result = v.safeParse(imageConfigFile, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "document";
  throw new TdockError("invalid-argument", `invalid image configuration: ${path}: ${issue.message.slice(0, 200)}`);
}
