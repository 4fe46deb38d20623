import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { LogDriver, LogTarget, OpenRequest } from "@tdock/keeper/protocol";
import type { Config } from "../config.ts";
import type { Container } from "./container.ts";
import { isTty } from "./container.ts";
import { logAttributes } from "./log-attributes.ts";
import type { ContainerStore } from "./store.ts";

/** FIFOs of one process's input and output. */
export interface StdioPaths {
  readonly stdinPath?: string;
  readonly stdoutPath: string;
  readonly stderrPath?: string;
}

/** Where the FIFOs of a container, or of one exec in it, lie. A terminal has no stderr of its own. */
export function stdioPaths(
  config: Pick<Config, "execRoot">,
  process: { readonly id: string; readonly execId?: string; readonly stdin: boolean; readonly tty: boolean },
): StdioPaths {
  const folder = join(config.execRoot, "fifo", process.id, process.execId ?? "main");
  return {
    ...(process.stdin && { stdinPath: join(folder, "stdin") }),
    stdoutPath: join(folder, "stdout"),
    ...(!process.tty && { stderrPath: join(folder, "stderr") }),
  };
}

/** Removes the FIFOs of a container that is gone, and of every exec that ran in it. */
export async function removeStdio(config: Pick<Config, "execRoot">, id: string): Promise<void> {
  await rm(join(config.execRoot, "fifo", id), { recursive: true, force: true });
}

/** What the keeper is asked to hold for a container's first process. */
export function openRequest(
  engine: { readonly config: Pick<Config, "execRoot">; readonly containers: Pick<ContainerStore, "folderOf"> },
  container: Container,
): OpenRequest {
  const { id, config } = container;
  return {
    id,
    ...stdioPaths(engine.config, { id, stdin: config.OpenStdin === true, tty: isTty(container) }),
    log: logTarget(engine.containers, container),
  };
}

/** Where a container's log lies and how it is kept: 10 MB x 5 unless asked otherwise. */
export function logTarget(containers: Pick<ContainerStore, "folderOf">, container: Container): LogTarget {
  const { Type, Config: options } = container.hostConfig.LogConfig ?? {};
  const driver = (Type || "local") as LogDriver;
  return {
    driver,
    path: logPath(containers, container),
    options: options ?? {},
    attributes: logAttributes(container, options ?? {}),
  };
}

export function logPath(containers: Pick<ContainerStore, "folderOf">, { id, hostConfig }: Container): string {
  return hostConfig.LogConfig?.Type === "json-file"
    ? join(containers.folderOf(id), `${id}-json.log`)
    : join(containers.folderOf(id), "container.log");
}
