import { humanSize } from "./human.ts";

/** `progressDetail` of a message of the engine's JSON stream. */
export interface ProgressDetail {
  readonly current?: number;
  readonly total?: number;
  /** Seconds since 1970 when it began. */
  readonly start?: number;
  readonly hidecounts?: boolean;
  /** What is counted; bytes when absent. */
  readonly units?: string;
}

/** `[====>      ] 1.2MB/3.4MB`, as moby's `jsonmessage` draws it; empty when nothing is known. */
export function progressBar(progress: ProgressDetail, columns: number): string {
  const { current = 0, total = 0, units = "" } = progress;
  if (current <= 0 && total <= 0) return "";
  if (total <= 0) return units === "" ? humanSize(current).padStart(8) : `${current} ${units}`;
  const halves = Math.min(50, Math.trunc(Math.trunc((current / total) * 100) / 2));
  const bar = columns > 110 ? `[${"=".repeat(halves)}>${" ".repeat(50 - halves)}] ` : "";
  return bar + counts(progress) + timeLeft(progress, { halves, columns });
}

function counts({ current = 0, total = 0, units = "", hidecounts }: ProgressDetail): string {
  if (hidecounts) return "";
  const isOver = current > total;
  if (units !== "") return isOver ? `${current} ${units}` : `${current}/${total} ${units}`;
  const shown = humanSize(current).padStart(8);
  return isOver ? shown : `${shown}/${humanSize(total)}`;
}

function timeLeft(
  { current = 0, total = 0, start = 0 }: ProgressDetail,
  { halves, columns }: { halves: number; columns: number },
) {
  if (current <= 0 || start <= 0 || halves >= 50 || columns <= 50) return "";
  const passed = Date.now() / 1000 - start;
  return ` ${Math.round((passed / current) * (total - current))}s`;
}
