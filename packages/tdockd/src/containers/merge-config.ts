import type { ContainerConfig } from "@tdock/api/container-config";

/** The part of an image's configuration that its containers inherit. */
export type ImageDefaults = Pick<
  ContainerConfig,
  | "User"
  | "ExposedPorts"
  | "Env"
  | "Entrypoint"
  | "Cmd"
  | "Volumes"
  | "WorkingDir"
  | "Labels"
  | "StopSignal"
  | "Healthcheck"
  | "Shell"
>;

/**
 * Lays what the caller asked for over what the image offers, by Docker's rules (moby daemon/commit.go `merge`): a given
 * entrypoint, unless it is an empty list, also discards the image's command; maps are joined, the caller winning; the
 * environment is joined by name.
 */
export function mergeConfig(asked: ContainerConfig, image: ImageDefaults): ContainerConfig {
  // `--entrypoint ""` arrives as a list of one empty string and means: none.
  const entrypoint = asked.Entrypoint?.filter((part, index) => index > 0 || part !== "") ?? image.Entrypoint;
  const cmd = asked.Cmd?.length ? asked.Cmd : asked.Entrypoint?.length ? null : image.Cmd;
  return {
    ...asked,
    User: asked.User || image.User || "",
    ExposedPorts: joined(image.ExposedPorts, asked.ExposedPorts),
    Env: joinEnv(image.Env ?? [], asked.Env ?? []),
    Entrypoint: entrypoint?.length ? entrypoint : null,
    Cmd: cmd?.length ? cmd : null,
    Volumes: joined(image.Volumes, asked.Volumes),
    WorkingDir: asked.WorkingDir || image.WorkingDir || "",
    Labels: joined(image.Labels, asked.Labels) ?? Object.create(null),
    StopSignal: asked.StopSignal || image.StopSignal || undefined,
    Healthcheck: mergeHealthcheck(asked.Healthcheck, image.Healthcheck),
    Shell: asked.Shell?.length ? asked.Shell : image.Shell,
  };
}

/** Each member that the caller left out comes from the image; `["NONE"]` stays and switches checks off. */
function mergeHealthcheck(asked: ContainerConfig["Healthcheck"], image: ContainerConfig["Healthcheck"]) {
  if (asked == null) return image;
  if (image == null) return asked;
  return {
    ...asked,
    Test: asked.Test?.length ? asked.Test : image.Test,
    Interval: asked.Interval || image.Interval,
    Timeout: asked.Timeout || image.Timeout,
    StartPeriod: asked.StartPeriod || image.StartPeriod,
    StartInterval: asked.StartInterval || image.StartInterval,
    Retries: asked.Retries || image.Retries,
  };
}

function joinEnv(image: readonly string[], asked: readonly string[]): string[] {
  const names = new Set(asked.map(nameOf));
  return [...asked, ...image.filter((entry) => !names.has(nameOf(entry)))];
}

function nameOf(entry: string): string {
  return entry.split("=", 1)[0] ?? "";
}

/** Without a prototype: keys are the image's and the caller's. */
function joined<T>(base: Record<string, T> | null | undefined, over: Record<string, T> | null | undefined) {
  if (base == null && over == null) return undefined;
  const result: Record<string, T> = Object.create(null);
  for (const map of [base ?? {}, over ?? {}]) for (const key of Object.keys(map)) result[key] = map[key] as T;
  return result;
}
