import { cpus, release, totalmem } from "node:os";
import type { BenchEngine } from "./engine.ts";
import { type Measure, medianOf, type Samples } from "./measure.ts";

/** The measures as a Markdown table: medians, and what tdock takes of what it is compared with. */
export function renderTable(results: ReadonlyMap<Measure, Samples>, engines: readonly BenchEngine[]): string {
  const columns = [
    ...new Set([...engines.map(({ name }) => name), ...[...results.values()].flatMap((row) => [...row.keys()])]),
  ];
  const head = ["measure", ...columns, "ratio", "target"];
  const rows = [...results].map(([measure, samples]) => [
    measure.title,
    ...columns.map((column) => cell(measure, samples.get(column))),
    ratioOf(measure, samples),
    renderTarget(measure),
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** What was measured, and on what. */
export function renderCaption(engines: readonly BenchEngine[], rounds: number): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} cores (${cpu?.model.trim()}), ${memory} GiB of memory, Linux ${release()}`;
  return `Medians of ${rounds} rounds, interleaved. ${engines.map(({ version }) => version).join("; ")}. ${machine}.`;
}

function cell({ unit }: Measure, samples: readonly number[] | undefined): string {
  return samples ? `${round(medianOf(samples))} ${unit}` : "";
}

function renderTarget({ target, unit }: Measure): string {
  return "most" in target ? `≤ ${target.most} ${unit}` : `≤ ${target.ratio} × ${target.to}`;
}

function ratioOf({ target }: Measure, samples: Samples): string {
  if ("most" in target) return "";
  const [own, other] = [samples.get("tdock"), samples.get(target.to)];
  return own && other ? (medianOf(own) / medianOf(other)).toFixed(2) : "";
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
