import type { Mount } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import { checkDestination } from "./destination.ts";
import type { TmpfsPoint } from "./mount-point.ts";

const flags = new Set(
  [
    "ro rw exec noexec suid nosuid dev nodev sync async dirsync atime noatime diratime nodiratime",
    "relatime norelatime strictatime nostrictatime",
  ].flatMap((line) => line.split(" ")),
);
const valued = /^(size|nr_inodes|nr_blocks|mode|uid|gid|mpol|huge)=[\w.%:-]+$/;

/** One `--tmpfs`. Throws `invalid-argument` for options that a tmpfs does not have. */
export function tmpfsPoint(path: string, options: string): TmpfsPoint {
  const list = options === "" ? [] : options.split(",");
  return {
    kind: "tmpfs",
    destination: checkDestination(path, path),
    isReadOnly: list.includes("ro"),
    mode: options,
    options: list.map(checkOption),
  };
}

/** One `--mount type=tmpfs`. */
export function tmpfsPointOf(mount: Mount, destination: string): TmpfsPoint {
  if (mount.Source) {
    throw new TdockError(
      "invalid-argument",
      'invalid mount config for type "tmpfs": field Source must not be specified',
    );
  }
  const { SizeBytes: size, Mode: mode, Options: extra } = mount.TmpfsOptions ?? {};
  if (size && size < 0) throw new TdockError("invalid-argument", `invalid tmpfs size: ${size}`);
  const options = [
    ...(size ? [`size=${size}`] : []),
    ...(mode ? [`mode=${mode.toString(8)}`] : []),
    ...(extra ?? []).map((pair) => pair.join("=")),
    ...(mount.ReadOnly === true ? ["ro"] : []),
  ];
  return {
    kind: "tmpfs",
    destination,
    isReadOnly: mount.ReadOnly === true,
    mode: "",
    options: options.map(checkOption),
  };
}

function checkOption(option: string): string {
  if (flags.has(option) || valued.test(option)) return option;
  throw new TdockError("invalid-argument", `invalid tmpfs option [${JSON.stringify(option)}]`);
}
