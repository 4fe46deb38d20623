import type { Printer } from "../terminal/printer.ts";
import type { BuildView } from "./view.ts";

/** One JSON object an event and line, as the engine sends them; the output of steps as text. */
export function jsonView(printer: Printer): BuildView {
  return {
    show(event) {
      const shown = event.kind === "log" ? { ...event, data: Buffer.from(event.data, "base64").toString() } : event;
      printer.printRaw(`${JSON.stringify(shown)}\n`);
    },
    [Symbol.dispose]() {},
  };
}
