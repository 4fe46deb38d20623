import { parseSizeBytes } from "@tdock/api/size";
import { TdockError } from "@tdock/errors/error";
import { csvFields } from "./csv.ts";
import { suggestion } from "./suggestion.ts";

/** Owner and mode of what a mount shows. */
interface FileOwner {
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

export interface BindMount {
  readonly type: "bind";
  /** A stage, image or named context; empty for the build context. */
  readonly from: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface CacheMount extends FileOwner {
  readonly type: "cache";
  readonly from: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly id: string;
  readonly sharing: "shared" | "private" | "locked";
}

export interface TmpfsMount {
  readonly type: "tmpfs";
  readonly target: string;
  /** 0 for the kernel's default. */
  readonly sizeBytes: number;
  readonly readOnly: boolean;
}

export interface SecretMount extends FileOwner {
  readonly type: "secret";
  readonly id: string;
  /** Empty when only the variable `env` is wanted. */
  readonly target: string;
  readonly env: string;
  readonly required: boolean;
}

export interface SshMount extends FileOwner {
  readonly type: "ssh";
  readonly id: string;
  readonly target: string;
  readonly required: boolean;
}

/** One `RUN --mount`. Targets may be relative to the working folder. */
export type RunMount = BindMount | CacheMount | TmpfsMount | SecretMount | SshMount;

type MountType = RunMount["type"];

interface Fields extends FileOwner {
  readonly type: MountType;
  readonly text: Readonly<Record<"from" | "source" | "target" | "id" | "sharing" | "env" | "size", string>>;
  readonly envGiven: boolean;
  readonly readOnly: boolean | undefined;
  readonly required: boolean;
}

const types: readonly MountType[] = ["bind", "cache", "tmpfs", "secret", "ssh"];
const aliases: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
  rw: "readwrite",
};
const keys = "type from source target readonly readwrite id sharing required size mode uid gid env".split(" ");

/** Which keys mean something for which type; the others are errors, never ignored. */
const allowed: Readonly<Record<MountType, readonly string[]>> = {
  bind: ["type", "from", "source", "target", "readonly", "readwrite"],
  cache: ["type", "from", "source", "target", "readonly", "readwrite", "id", "sharing", "mode", "uid", "gid"],
  tmpfs: ["type", "target", "size", "readonly", "readwrite"],
  secret: ["type", "source", "target", "id", "required", "mode", "uid", "gid", "env", "readonly"],
  ssh: ["type", "target", "id", "required", "mode", "uid", "gid", "readonly"],
};

/**
 * Reads the value of `RUN --mount`. `expand` replaces variables in each value.
 * Throws `invalid-argument` without a place. Follows BuildKit's instructions/commands_runmount.go.
 */
export function parseRunMount(value: string, expand: (word: string) => string): RunMount {
  const given = new Map<string, string | undefined>();
  for (const field of csvFields(value)) readField(field, expand, given);
  const type = oneOf("mount type", (given.get("type") ?? "bind").toLowerCase(), types);
  for (const key of given.keys()) {
    if (!allowed[type].includes(key)) throw invalid(`unexpected key '${key}' for mount type '${type}'`);
  }
  return mountOf(fieldsOf(type, given));
}

function readField(field: string, expand: (word: string) => string, given: Map<string, string | undefined>): void {
  const equals = field.indexOf("=");
  const word = (equals === -1 ? field : field.slice(0, equals)).toLowerCase();
  const key = Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
  if (!keys.includes(key)) throw invalid(`unexpected key '${word}' in '${field}'${suggestion(word, keys)}`);
  if (equals === -1 && key !== "readonly" && key !== "readwrite" && key !== "required") {
    throw invalid(`invalid field '${field}' must be a key=value pair`);
  }
  const raw = equals === -1 ? undefined : field.slice(equals + 1);
  if (key === "from" && raw?.includes("$")) {
    throw invalid("'from' doesn't support variable expansion, define alias stage instead");
  }
  given.set(key, raw === undefined ? undefined : expand(raw));
}

function fieldsOf(type: MountType, given: ReadonlyMap<string, string | undefined>): Fields {
  const text = (key: string) => given.get(key) ?? "";
  const readonly = flag("readonly", given);
  const writable = flag("readwrite", given);
  return {
    type,
    text: {
      from: text("from"),
      source: text("source"),
      target: text("target"),
      id: text("id"),
      sharing: text("sharing"),
      env: text("env"),
      size: text("size"),
    },
    envGiven: given.has("env"),
    readOnly: readonly ?? (writable === undefined ? undefined : !writable),
    required: flag("required", given) ?? false,
    mode: number("mode", given, 8),
    uid: number("uid", given, 10),
    gid: number("gid", given, 10),
  };
}

function mountOf(fields: Fields): RunMount {
  const { text, mode, uid, gid, required } = fields;
  const owner = { mode, uid, gid };
  switch (fields.type) {
    case "bind":
      return { ...place(text), type: "bind", readOnly: fields.readOnly ?? true };
    case "cache": {
      const sharing = oneOf("sharing value", text.sharing.toLowerCase() || "shared", ["shared", "private", "locked"]);
      return { ...place(text), type: "cache", readOnly: fields.readOnly ?? false, id: text.id, sharing, ...owner };
    }
    case "tmpfs":
      return {
        type: "tmpfs",
        target: text.target,
        sizeBytes: text.size === "" ? 0 : sizeOf(text.size),
        readOnly: fields.readOnly ?? false,
      };
    case "secret":
      return secretOf(fields, owner);
    case "ssh":
      return { type: "ssh", id: text.id || "default", target: text.target, required, ...owner };
  }
}

function place({ from, source, target }: Fields["text"]) {
  return { from, source, target };
}

/** `/run/secrets/ID` unless a target is given; with `env` and no target there is no file. */
function secretOf({ text, envGiven, required }: Fields, owner: FileOwner): SecretMount {
  const { source, id, target, env } = text;
  if (source !== "" && id !== "") throw invalid("both source and id can't be set");
  const name = id || source || lastName(target);
  if (name === "") throw invalid("invalid secret mount. one of source, target required");
  const file = target === "" && !envGiven ? `/run/secrets/${lastName(name)}` : target;
  return { type: "secret", id: name, target: file, env: envGiven && env === "" ? name : env, required, ...owner };
}

function lastName(path: string): string {
  return path.replace(/\/+$/, "").split("/").at(-1) ?? "";
}

function flag(key: string, given: ReadonlyMap<string, string | undefined>): boolean | undefined {
  if (!given.has(key)) return undefined;
  const value = given.get(key) ?? "true";
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalid(`invalid value for ${key}: ${value}`);
}

function number(key: string, given: ReadonlyMap<string, string | undefined>, base: 8 | 10): number | undefined {
  const value = given.get(key);
  if (value === undefined) return undefined;
  if (!(base === 8 ? /^[0-7]{1,11}$/ : /^\d{1,10}$/).test(value) || Number.parseInt(value, base) > 0xffffffff) {
    throw invalid(`invalid value ${value} for ${key}`);
  }
  return Number.parseInt(value, base);
}

function sizeOf(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes === undefined) throw invalid(`invalid value for size: ${text}`);
  return bytes;
}

function oneOf<const T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw invalid(`unsupported ${what} "${value}"${suggestion(value, known)}`);
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
