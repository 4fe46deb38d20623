import { basename } from "node:path";
import { TdockError } from "@tdock/errors/error";

/** Debian's packages of the programs that the engine starts, where the name is not the program's. */
const packages: Readonly<Record<string, string>> = {
  bwrap: "bubblewrap",
  containerd: "containerd runc",
  "containerd-shim-runc-v2": "containerd",
  git: "git",
  igzip: "isal",
  ip: "iproute2",
  mount: "mount",
  nft: "nftables",
  nsenter: "util-linux",
  pigz: "pigz",
  ps: "procps",
  runc: "runc",
  tar: "tar",
  unpigz: "pigz",
};

/** The error (`internal`, reason `command-missing`) for a program that is not on this machine: says what to install. */
export function missingCommand(command: string, cause: unknown): TdockError {
  const name = basename(command);
  const found = Object.hasOwn(packages, name) ? packages[name] : undefined;
  const remedy = found === undefined ? "" : `: apt-get install ${found}`;
  return new TdockError("internal", `${name} is not installed on this machine${remedy}`, {
    cause,
    reason: "command-missing",
  });
}
