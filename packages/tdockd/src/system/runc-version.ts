import { runCommand } from "../host/run-command.ts";

let known: Promise<{ readonly version: string; readonly commit: string }> | undefined;

/** Version of the runc on this host, asked once; empty when there is none. */
export function runcVersion(): Promise<{ readonly version: string; readonly commit: string }> {
  known ??= ask();
  return known;
}

async function ask(): Promise<{ version: string; commit: string }> {
  const { stdout } = await runCommand("runc", ["--version"]).catch(() => ({ stdout: "" }));
  const text = stdout.toString();
  return {
    version: /^runc version (\S+)/m.exec(text)?.[1] ?? "",
    commit: /^commit: (\S+)/m.exec(text)?.[1] ?? "",
  };
}
