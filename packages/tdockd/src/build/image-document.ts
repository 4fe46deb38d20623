import { type Platform, plainPlatform } from "../registry/platform.ts";
import type { LayerInfo } from "./cache/step-record.ts";
import type { HistoryEntry, ImageDocument } from "./plan/image-document.ts";
import { withEntries } from "./plan/with-entries.ts";
import { inlineMember } from "./remote-cache/document.ts";
import type { InlineCache } from "./remote-cache/inline.ts";
import type { SolvedStage } from "./solve/solver.ts";

/** Describes the image that a stage ends as. `epoch` (seconds since 1970) takes the place of every time. */
export async function describeImage(
  { state, stepTimes, inherited }: SolvedStage,
  layers: readonly LayerInfo[],
  request: { readonly labels: ReadonlyMap<string, string>; readonly platform: Platform },
  epoch: number | undefined,
  inlineCache?: InlineCache,
): Promise<ImageDocument> {
  const times = await Promise.all([...stepTimes].map(async ([index, ref]) => [index, await ref.createdAt()] as const));
  const history = timedHistory(state.history, new Map(times), inherited, epoch);
  const { os, architecture, variant } = plainPlatform(request.platform);
  const created = history.findLast((entry) => entry.created !== undefined)?.created;
  const labels = request.labels.size === 0 ? state.config.Labels : withEntries(state.config.Labels, request.labels);
  return {
    architecture,
    ...(variant !== undefined && { variant }),
    ...(state.author !== undefined && { author: state.author }),
    config: { ...state.config, ...(labels != null && { Labels: labels }) },
    ...(created !== undefined && { created }),
    history,
    os,
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    ...(inlineCache !== undefined && { [inlineMember]: inlineCache }),
  };
}

/** An entry without a layer takes the time of the one before it, so that a cached build gives the same image again. */
function timedHistory(
  history: readonly HistoryEntry[],
  times: ReadonlyMap<number, string | undefined>,
  inherited: number,
  epoch: number | undefined,
): HistoryEntry[] {
  let last: string | undefined;
  return history.map((entry, index) => {
    const fixed = epoch === undefined || index < inherited ? undefined : new Date(epoch * 1000).toISOString();
    const created = fixed ?? entry.created ?? times.get(index) ?? last;
    last = created;
    return { ...(created !== undefined && { created }), ...entry };
  });
}
