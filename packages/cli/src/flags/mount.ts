import { resolve } from "node:path";
import type { Mount } from "@tdock/api/host-config";
import { quote } from "../terminal/template/quote.ts";
import { parseCsvLine } from "./csv.ts";
import { invalid } from "./invalid.ts";
import { splitPair } from "./pairs.ts";
import { parseSize } from "./size.ts";

/** A mount while its fields are read. */
type Draft = { -readonly [K in keyof Mount]: Mount[K] } & Record<string, unknown>;

/** One field: its name as given, its value, and whether it had one. */
interface Field {
  readonly name: string;
  readonly value: string;
  readonly isBare: boolean;
}

/** `--mount type=bind,source=.,target=/x,readonly` (docker/cli `opts/mount.go`). Throws `invalid-argument`. */
export function parseMount(text: string): Mount {
  const trimmed = text.trim();
  if (trimmed === "") throw invalid("value is empty");
  const mount: Draft = { Type: "volume", Target: "" };
  for (const field of parseCsvLine(trimmed)) setField(mount, field);
  checkMount(mount);
  return mount;
}

function setField(mount: Draft, field: string): void {
  const [given, value] = splitPair(field);
  if (given.trim() !== given) {
    throw invalid(`invalid option '${given.trim()}' in '${field}': option should not have whitespace`);
  }
  if (value !== undefined) checkValue(given, value, field);
  const name = given.toLowerCase();
  const set = Object.hasOwn(setters, name) ? setters[name] : undefined;
  if (value === undefined && !bareFields.has(name)) throw invalid(`invalid field '${field}' must be a key=value pair`);
  if (set === undefined) throw invalid(`unknown option '${name}' in '${field}'`);
  set(mount, { name, value: value ?? "", isBare: value === undefined });
}

function checkValue(name: string, value: string, field: string): void {
  if (value.trim() === "") throw invalid(`invalid value for '${name}': value is empty`);
  if (value.trim() !== value)
    throw invalid(`invalid value for '${name}' in '${field}': value should not have whitespace`);
}

const bareFields = new Set(["readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"]);

type Setter = (mount: Draft, field: Field) => void;

const setType: Setter = (mount, { value }) => {
  mount.Type = value.toLowerCase() as Mount["Type"];
};
const setSource: Setter = (mount, { value }) => {
  mount.Source = value.startsWith(".") ? resolve(value) : value;
};
const setTarget: Setter = (mount, { value }) => {
  mount.Target = value;
};
const setReadOnly: Setter = (mount, field) => {
  mount.ReadOnly = boolOf(field);
};

/** By field name; several names may stand for one field. */
const setters: Readonly<Record<string, Setter>> = {
  type: setType,
  source: setSource,
  src: setSource,
  target: setTarget,
  dst: setTarget,
  destination: setTarget,
  readonly: setReadOnly,
  ro: setReadOnly,
  consistency: (mount, { value }) => {
    mount.Consistency = value.toLowerCase();
  },
  "bind-propagation": (mount, { value }) => setOption(mount, "BindOptions", { Propagation: value.toLowerCase() }),
  "bind-nonrecursive": () => {
    throw invalid("bind-nonrecursive is deprecated, use bind-recursive=disabled instead");
  },
  "bind-recursive": setRecursive,
  "bind-create-src": (mount, field) => setOption(mount, "BindOptions", { CreateMountpoint: boolOf(field) }),
  "volume-subpath": (mount, { value }) => setOption(mount, "VolumeOptions", { Subpath: value }),
  "volume-nocopy": (mount, field) => setOption(mount, "VolumeOptions", { NoCopy: boolOf(field) }),
  "volume-label": (mount, { value }) => {
    setOption(mount, "VolumeOptions", { Labels: { ...mount.VolumeOptions?.Labels, ...pairOf(value) } });
  },
  "volume-driver": (mount, { value }) => setDriver(mount, { Name: value }),
  "volume-opt": (mount, { value }) => {
    setDriver(mount, { Options: { ...mount.VolumeOptions?.DriverConfig?.Options, ...pairOf(value) } });
  },
  "image-subpath": (mount, { value }) => setOption(mount, "ImageOptions", { Subpath: value }),
  "tmpfs-size": (mount, { name, value }) => {
    setOption(mount, "TmpfsOptions", { SizeBytes: orInvalid(name, value, () => parseSize(value)) });
  },
  "tmpfs-mode": (mount, { name, value }) => {
    setOption(mount, "TmpfsOptions", { Mode: orInvalid(name, value, () => parseMode(value)) });
  },
};

function setRecursive(mount: Draft, { name, value }: Field): void {
  const options: Readonly<Record<string, object>> = {
    enabled: {},
    disabled: { NonRecursive: true },
    writable: { ReadOnlyNonRecursive: true },
    readonly: { ReadOnlyForceRecursive: true },
  };
  const chosen = Object.hasOwn(options, value) ? options[value] : undefined;
  if (chosen === undefined) {
    throw invalid(`invalid value for ${name}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`);
  }
  if (value !== "enabled") setOption(mount, "BindOptions", chosen);
}

type OptionGroup = "BindOptions" | "VolumeOptions" | "ImageOptions" | "TmpfsOptions";

function setOption(mount: Draft, group: OptionGroup, options: object): void {
  Object.assign(mount, { [group]: { ...mount[group], ...options } });
}

function setDriver(mount: Draft, driver: object): void {
  setOption(mount, "VolumeOptions", { DriverConfig: { ...mount.VolumeOptions?.DriverConfig, ...driver } });
}

function pairOf(text: string): Record<string, string> {
  const [name, value = ""] = splitPair(text);
  return name === "" ? {} : { [name]: value };
}

function boolOf({ name, value, isBare }: Field): boolean {
  if (isBare || value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  const wanted = 'must be one of "true", "1", "false", or "0" (default "true")';
  throw invalid(`invalid value for '${name}': invalid boolean value (${quote(value)}): ${wanted}`);
}

function parseMode(value: string): number {
  if (!/^[0-7]{1,10}$/.test(value)) throw invalid("not octal");
  return Number.parseInt(value, 8);
}

function orInvalid<T>(name: string, value: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw invalid(`invalid value for ${name}: ${value}`, cause);
  }
}

/** Which mount types a group of options belongs to. */
const groups: readonly (readonly [OptionGroup, Mount["Type"], string])[] = [
  ["BindOptions", "bind", "bind-*"],
  ["VolumeOptions", "volume", "volume-*"],
  ["ImageOptions", "image", "image-*"],
  ["TmpfsOptions", "tmpfs", "tmpfs-*"],
];

function checkMount(mount: Mount): void {
  if (mount.Target === "") throw invalid("target is required");
  for (const [group, type, shown] of groups) {
    if (mount.Type !== type && mount[group] !== undefined) {
      throw invalid(`cannot mix '${shown}' options with mount type '${mount.Type}'`);
    }
  }
  const { ReadOnlyNonRecursive, ReadOnlyForceRecursive, Propagation } = mount.BindOptions ?? {};
  const needs = (option: string, needed: string) =>
    invalid(`option 'bind-recursive=${option}' requires '${needed}' to be specified in conjunction`);
  if (ReadOnlyNonRecursive && !mount.ReadOnly) throw needs("writable", "readonly");
  if (ReadOnlyForceRecursive && !mount.ReadOnly) throw needs("readonly", "readonly");
  if (ReadOnlyForceRecursive && Propagation !== "rprivate") throw needs("readonly", "bind-propagation=rprivate");
}
