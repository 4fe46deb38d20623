import { type RecordTime, type StreamNumber, stderr, stdout } from "./record.ts";

/** A line of Docker's json-file log. */
export interface JsonLine {
  readonly log: string;
  readonly stream: StreamNumber;
  readonly time: RecordTime;
}

/**
 * One line as moby's `daemon/logger/jsonfilelog/jsonlog` writes it: key order, escapes and time format are Docker's.
 * `attributes` is JSON text, empty for none.
 */
export function encodeJsonLine(log: string, stream: StreamNumber, attributes: string, time: RecordTime): string {
  const attrs = attributes === "" ? "" : `"attrs":${attributes},`;
  return `{"log":${quote(log)},"stream":"${stream === stderr ? "stderr" : "stdout"}",${attrs}"time":"${formatTime(time)}"}\n`;
}

/** Undefined when it is no such line. */
export function decodeJsonLine(text: string): JsonLine | undefined {
  try {
    const { log, stream, time } = JSON.parse(text) as { log?: unknown; stream?: unknown; time?: unknown };
    if (typeof log !== "string" || typeof time !== "string") return undefined;
    return { log, stream: stream === "stderr" ? stderr : stdout, time: parseTime(time) };
  } catch {
    return undefined;
  }
}

/** Go's escapes: those of HTML and line separators too, and control characters but \n and \r by number. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /\\[\\"nru]|\\[btf]|[<>&\u2028\u2029\ufffd]/g,
    (found) => goEscapes[found] ?? found,
  );
}

const goEscapes: Readonly<Record<string, string>> = {
  "\\b": "\\u0008",
  "\\t": "\\u0009",
  "\\f": "\\u000c",
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
  "\ufffd": "\\ufffd",
};

/** RFC 3339 with nanoseconds, without trailing zeros. */
function formatTime({ seconds, nanoseconds }: RecordTime): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = String(nanoseconds).padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${whole}Z` : `${whole}.${fraction}Z`;
}

function parseTime(text: string): RecordTime {
  const [whole = "", fraction = ""] = text.replace("Z", "").split(".");
  const seconds = Date.parse(`${whole}Z`) / 1000;
  return {
    seconds: Number.isFinite(seconds) ? seconds : 0,
    nanoseconds: Number(fraction.padEnd(9, "0").slice(0, 9)) || 0,
  };
}
