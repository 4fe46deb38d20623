import * as v from "valibot";
import { integer, looseObject, mapOf, optional, stringMap, stringOrStrings, strings } from "./schema.ts";

/** Health check of a container or image; durations in nanoseconds. */
export const healthConfig = looseObject({
  Test: optional(strings),
  Interval: optional(integer),
  Timeout: optional(integer),
  Retries: optional(integer),
  StartPeriod: optional(integer),
  StartInterval: optional(integer),
  /** An extension of tdock: what is done with a container that turns unhealthy. */
  OnFailure: optional(v.picklist(["none", "kill", "restart", "stop"])),
});

/** Docker's ContainerConfig: the part of a container that is portable between hosts. */
export const containerConfig = v.looseObject({
  Hostname: optional(v.string()),
  Domainname: optional(v.string()),
  User: optional(v.string()),
  AttachStdin: optional(v.boolean()),
  AttachStdout: optional(v.boolean()),
  AttachStderr: optional(v.boolean()),
  ExposedPorts: optional(mapOf(v.unknown())),
  Tty: optional(v.boolean()),
  OpenStdin: optional(v.boolean()),
  StdinOnce: optional(v.boolean()),
  Env: optional(strings),
  Cmd: optional(stringOrStrings),
  Healthcheck: optional(healthConfig),
  ArgsEscaped: optional(v.boolean()),
  Image: optional(v.string()),
  Volumes: optional(mapOf(v.unknown())),
  WorkingDir: optional(v.string()),
  Entrypoint: optional(stringOrStrings),
  NetworkDisabled: optional(v.boolean()),
  MacAddress: optional(v.string()),
  OnBuild: optional(strings),
  Labels: optional(stringMap),
  StopSignal: optional(v.string()),
  StopTimeout: optional(integer),
  /** An extension of tdock: seconds that a run of the container may last; 0 and none mean for ever. */
  RunTimeout: optional(v.pipe(integer, v.minValue(0))),
  Shell: optional(strings),
});

export type HealthConfig = v.InferOutput<typeof healthConfig>;
export type ContainerConfig = v.InferOutput<typeof containerConfig>;
