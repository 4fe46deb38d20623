import { FrameSink } from "./frame-sink.ts";
import { LinePrefix } from "./line-prefix.ts";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat, RecordVisitor } from "./log-format.ts";
import type { LogsRequest } from "./protocol.ts";
import { stderr, stdout } from "./record.ts";
import { StreamSelection } from "./stream-selection.ts";
import { findTail, type TailStart } from "./tail.ts";
import { TimeSelection } from "./time-selection.ts";
import { WholeLines } from "./whole-lines.ts";

/** Where a reading begins and what its records go through on their way to the sink. */
export interface ReadingPlan {
  readonly start: Position;
  readonly first: RecordVisitor;
  readonly sink: FrameSink;
  /** Present when unfinished lines are held back. */
  readonly wholeLines: WholeLines | undefined;
  /** Present when lines are chosen by their time. */
  readonly times: TimeSelection | undefined;
}

/** The stages are only those that the request needs: the plain reading of everything is selection and sink. */
export async function planReading(
  log: { readonly files: LogFiles; readonly format: LogFormat },
  request: LogsRequest,
  end: Position,
): Promise<ReadingPlan> {
  const { start, skipBytes } = await findStart(log, request, end);
  const isFramedByLine = !request.raw && request.framedLines === true;
  const sink = new FrameSink({ raw: request.raw, framedLines: isFramedByLine });
  const prefixed = request.timestamps === true || request.details === true ? prefix(sink, request) : sink;
  const wholeLines =
    isFramedByLine || (!request.raw && request.stdout && request.stderr)
      ? new WholeLines(prefixed, prefixed !== sink)
      : undefined;
  const times =
    request.since !== undefined || request.until !== undefined
      ? new TimeSelection(wholeLines ?? prefixed, request.since, request.until)
      : undefined;
  const first = new StreamSelection(times ?? wholeLines ?? prefixed, request, skipBytes);
  return { start, first, sink, wholeLines, times };
}

function prefix(next: RecordVisitor, { timestamps, details, log }: LogsRequest): LinePrefix {
  return new LinePrefix(next, {
    timestamps: timestamps === true,
    attributes: details === true ? (log.attributes ?? {}) : undefined,
  });
}

async function findStart(
  log: { readonly files: LogFiles; readonly format: LogFormat },
  request: LogsRequest,
  end: Position,
): Promise<TailStart> {
  if (request.tail !== undefined) return findTail(log, { ...request, lines: request.tail }, end);
  const file = request.since === undefined ? log.files.oldest : log.files.firstChangedSince(request.since.seconds);
  return { start: { file, offset: 0 }, skipBytes: { [stdout]: 0, [stderr]: 0 } };
}
