import { setTimeout as sleep } from "node:timers/promises";
import type { BenchEngine } from "./engine.ts";

const settleMs = 1000;

/** What the benches of one run share. */
export interface BenchContext {
  readonly engines: readonly BenchEngine[];
  /** References of the images in the loopback registry. */
  readonly busybox: string;
  readonly big: string;
  readonly iperf: string;
  /** Files of the big image's compressed layers. */
  readonly bigLayers: readonly string[];
  readonly rounds: number;
}

/** One row of the table. */
export interface Measure {
  readonly name: string;
  readonly title: string;
  readonly unit: "ms" | "s" | "MiB" | "MB";
  /** Most that tdock may take, in the unit or as a multiple of another column; what the project promises. */
  readonly target: { readonly most: number } | { readonly ratio: number; readonly to: string };
  /** Names of the engines that it is about; all without it. */
  readonly engines?: readonly string[];
  /** Runs once for each engine before the first round. */
  readonly prepare?: (engine: BenchEngine, context: BenchContext) => Promise<void>;
  /** Takes one sample. */
  readonly sample: (engine: BenchEngine, context: BenchContext) => Promise<number>;
  /** Runs once for each engine after the last round. */
  readonly finish?: (engine: BenchEngine, context: BenchContext) => Promise<void>;
  /** Columns beside the engines, such as the bare `node` that any client needs. */
  readonly baselines?: Readonly<Record<string, (context: BenchContext) => Promise<number>>>;
}

/** The samples of a measure, by column. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/** Takes all samples of a measure: every engine and baseline once a round, so that all meet the same weather. */
export async function takeSamples(measure: Measure, context: BenchContext): Promise<Samples> {
  const samples = new Map<string, number[]>();
  const add = (column: string, value: number) => samples.set(column, [...(samples.get(column) ?? []), value]);
  const engines = context.engines.filter(({ name }) => measure.engines?.includes(name) ?? true);
  for (const engine of engines) await measure.prepare?.(engine, context);
  for (let round = 0; round < context.rounds; round += 1) {
    for (const engine of engines) {
      // What an engine still tidies up after its answer is not to slow the next one.
      await sleep(settleMs);
      add(engine.name, await measure.sample(engine, context));
    }
    for (const [column, sample] of Object.entries(measure.baselines ?? {})) add(column, await sample(context));
  }
  for (const engine of engines) await measure.finish?.(engine, context);
  return samples;
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
