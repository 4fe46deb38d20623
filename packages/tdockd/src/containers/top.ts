import type { ContainerTopResponse, containerTop } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { runCommand } from "../host/run-command.ts";
import { isAlive, notRunning } from "./container.ts";
import { containerEvent } from "./event.ts";

/** A container's processes as the host's `ps` shows them. Throws `conflict` when it does not run. */
export async function topContainer(
  engine: Pick<Engine, "containerd" | "containers" | "events">,
  input: Input<typeof containerTop>,
): Promise<ContainerTopResponse> {
  const container = engine.containers.get(input.id);
  if (!isAlive(container)) throw notRunning(container);
  const args = (input.ps_args || "-ef").split(/\s+/).filter((word) => word !== "");
  const [pids, listing] = await Promise.all([engine.containerd.tasks.pids(container.id), runCommand("ps", args)]);
  if (listing.exitCode !== 0) throw new TdockError("invalid-argument", `ps: ${firstLine(listing.stderr)}`);
  containerEvent(engine, container, "top");
  return parseProcesses(listing.stdout, new Set(pids));
}

/** Behind it `ps` prints its help. */
function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}

/** The rows of `ps` whose PID is one of `pids`. The last column may hold spaces. Throws without a PID column. */
export function parseProcesses(text: string, pids: ReadonlySet<number>): { Titles: string[]; Processes: string[][] } {
  const [header = "", ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  const titles = header.trim().split(/\s+/);
  const column = titles.indexOf("PID");
  if (column < 0) throw new TdockError("invalid-argument", "Couldn't find PID field in ps output");
  const rows = lines.map((line) => splitRow(line, titles.length));
  return { Titles: titles, Processes: rows.filter((row) => pids.has(Number(row[column]))) };
}

function splitRow(line: string, columns: number): string[] {
  const words = line.trim().split(/\s+/);
  return [...words.slice(0, columns - 1), words.slice(columns - 1).join(" ")];
}
