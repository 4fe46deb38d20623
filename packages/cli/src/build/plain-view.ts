import type { BuildEvent } from "@tdock/api/build-event";
import type { Printer } from "../terminal/printer.ts";
import type { BuildView } from "./view.ts";

/**
 * Lines for a pipe: `#3 [2/5] RUN make`, its output line by line with the time since the step began, `#3 DONE 1.2s`.
 * Nothing is ever left out. Errors and warnings included.
 */
export function plainView(printer: Printer): BuildView {
  const begun = new Map<number, { at: number; title: string }>();
  const partial = new Map<number, string>();
  const line = (text: string) => printer.print(`${text}\n`);
  const outputLine = (vertex: number, at: number, text: string) => {
    const since = ((at - (begun.get(vertex)?.at ?? at)) / 1000).toFixed(3);
    line(`#${vertex} ${since} ${text}`);
  };
  const flush = (vertex: number, at: number) => {
    const rest = partial.get(vertex) ?? "";
    partial.delete(vertex);
    if (rest !== "") outputLine(vertex, at, rest);
  };
  return {
    show(event: BuildEvent) {
      switch (event.kind) {
        case "begin":
          begun.set(event.vertex, event);
          return line(`#${event.vertex} ${event.title}`);
        case "log": {
          const text = (partial.get(event.vertex) ?? "") + Buffer.from(event.data, "base64").toString();
          const lines = text.split("\n");
          partial.set(event.vertex, lines.pop() ?? "");
          for (const one of lines) outputLine(event.vertex, event.at, one.replace(/\r$/, ""));
          return;
        }
        case "miss":
          return line(`#${event.vertex} not cached: ${event.reason}`);
        case "end":
          flush(event.vertex, event.at);
          return line(`#${event.vertex} ${endText(event, begun.get(event.vertex)?.at ?? event.at)}\n`);
        case "warning":
          return line(`WARN: ${event.rule}: ${event.message} (${event.file}:${event.line})`);
        default:
          return;
      }
    },
    [Symbol.dispose]() {},
  };
}

/** `DONE 1.2s`, `CACHED`, `CANCELED`, `ERROR: why`. */
export function endText(event: Extract<BuildEvent, { kind: "end" }>, begunAt: number): string {
  switch (event.outcome) {
    case "done":
      return `DONE ${((event.at - begunAt) / 1000).toFixed(1)}s`;
    case "failed":
      return `ERROR: ${event.error ?? "failed"}`;
    default:
      return event.outcome.toUpperCase();
  }
}
