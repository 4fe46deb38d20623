import { type DescriptorCommand, type DescriptorCommandOptions, startOnDescriptors } from "./descriptor-command.ts";

const bubblewrap = "/usr/bin/bwrap";

/** What a program in a sandbox may do beyond reading /usr and the ends it was given. */
export interface SandboxRights {
  /** The one folder it can write, its working folder: `/layer` inside. */
  readonly folder?: string;
  /** Capabilities in the machine's own user namespace, e.g. `CAP_CHOWN`. Without any, it is nobody. */
  readonly capabilities?: readonly string[];
}

/**
 * Starts a program that is fed by strangers: it sees the distribution's /usr, read-only, and nothing else of this
 * machine: no other file, process or network. Throws as {@link startOnDescriptors}.
 */
export async function startSandboxed(
  command: readonly [string, ...string[]],
  { folder, capabilities = [] }: SandboxRights,
  options: DescriptorCommandOptions,
): Promise<DescriptorCommand> {
  const identity =
    capabilities.length > 0
      ? ["--cap-drop", "ALL", ...capabilities.flatMap((name) => ["--cap-add", name])]
      : ["--unshare-user", "--uid", "65534", "--gid", "65534"];
  const args = [
    ...["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent"],
    ...identity,
    ...["--ro-bind", "/usr", "/usr"],
    ...["/bin", "/lib", "/lib32", "/lib64"].flatMap((path) => ["--ro-bind-try", path, path]),
    ...(folder === undefined ? [] : ["--bind", folder, "/layer", "--chdir", "/layer"]),
    "--",
    ...command,
  ];
  return startOnDescriptors(bubblewrap, args, options);
}
