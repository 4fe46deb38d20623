import { TdockError } from "@tdock/errors/error";
import type { Container } from "./container.ts";

type LogOptions = Readonly<Record<string, string>>;

/**
 * What `logs --details` shows: the labels and variables that `labels`, `labels-regex`, `env` and `env-regex` of
 * `--log-opt` choose, and the container's `tag`. Follows moby `daemon/logger/loginfo.go`.
 */
export function logAttributes(container: Container, options: LogOptions): Readonly<Record<string, string>> {
  const labels = Object.entries(container.config.Labels ?? {});
  const variables = (container.config.Env ?? []).map(splitVariable);
  const tag = options.tag ? fillTag(options.tag, (field) => tagField(field)?.(container) ?? "") : "";
  return Object.assign(Object.create(null), {
    ...chosen(labels, options.labels, regexOf(options, "labels-regex")),
    ...chosen(variables, options.env, regexOf(options, "env-regex")),
    ...(tag !== "" && { tag }),
  });
}

/** Throws `invalid-argument` for a regular expression or a tag that cannot be used. */
export function checkLogAttributes(options: LogOptions): void {
  regexOf(options, "labels-regex");
  regexOf(options, "env-regex");
  fillTag(options.tag ?? "", (field) => tagField(field) && "");
}

type Pair = readonly [name: string, value: string];

function splitVariable(entry: string): Pair {
  const [name = ""] = entry.split("=", 1);
  return [name, entry.slice(name.length + 1)];
}

function chosen(pairs: readonly Pair[], list: string | undefined, regex: RegExp | undefined): Record<string, string> {
  const names = new Set(list?.split(",") ?? []);
  return Object.fromEntries(pairs.filter(([name]) => names.has(name) || regex?.test(name)));
}

function regexOf(options: LogOptions, name: "labels-regex" | "env-regex"): RegExp | undefined {
  const text = options[name];
  if (!text) return undefined;
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new TdockError("invalid-argument", `log opt '${name}': ${(cause as Error).message}`, { cause });
  }
}

const tagFields: Readonly<Record<string, (container: Container) => string>> = {
  ID: ({ id }) => id.slice(0, 12),
  FullID: ({ id }) => id,
  Name: ({ name }) => name,
  ImageID: ({ imageId }) => imageId.replace("sha256:", "").slice(0, 12),
  ImageFullID: ({ imageId }) => imageId,
  ImageName: ({ config }) => config.Image ?? "",
  DaemonName: () => "docker",
};

function tagField(name: string): ((container: Container) => string) | undefined {
  return Object.hasOwn(tagFields, name) ? tagFields[name] : undefined;
}

/** Puts a container's values into `{{.Name}}/{{.ID}}`. Throws `invalid-argument` for anything else in braces. */
function fillTag(template: string, lookUp: (field: string) => string | undefined): string {
  return template.replace(/\{\{(.*?)\}\}/g, (whole, inside: string) => {
    const value = lookUp(/^\s*\.(\w+)\s*$/.exec(inside)?.[1] ?? "");
    if (value !== undefined) return value;
    const known = Object.keys(tagFields).map((field) => `{{.${field}}}`);
    throw new TdockError("invalid-argument", `log opt 'tag': wanted ${known.join(", ")}, got ${whole}`);
  });
}
