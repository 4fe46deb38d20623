import type { Input } from "@tdock/api/endpoint";
import type { ExecInspectResponse, execInspect } from "@tdock/api/exec";
import type { Engine } from "../engine.ts";

/** An exec as Docker shows it; clients ask for its exit code here. */
export async function inspectExec(
  engine: Pick<Engine, "execs">,
  input: Input<typeof execInspect>,
): Promise<ExecInspectResponse> {
  const { id, containerId, config, status } = engine.execs.get(input.id);
  const [entrypoint = "", ...args] = config.Cmd ?? [];
  return {
    ID: id,
    Running: status.kind === "running",
    // Docker leaves it null until the process has ended.
    ExitCode: status.kind === "exited" ? status.exitCode : null,
    ProcessConfig: {
      tty: config.Tty === true,
      entrypoint,
      arguments: args,
      privileged: config.Privileged === true,
      ...(config.User && { user: config.User }),
    },
    OpenStdin: config.AttachStdin === true,
    OpenStderr: config.AttachStderr === true,
    OpenStdout: config.AttachStdout === true,
    CanRemove: status.kind === "exited",
    ContainerID: containerId,
    DetachKeys: config.DetachKeys ?? "",
    Pid: "pid" in status ? status.pid : 0,
  } as unknown as ExecInspectResponse;
}
