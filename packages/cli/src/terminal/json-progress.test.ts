import { describe, expect, it } from "vitest";
import { type JsonMessage, showProgress } from "./json-progress.ts";
import { silentPrinter } from "./printer.ts";

async function* messagesOf(...messages: JsonMessage[]) {
  yield* messages;
}

describe("showProgress", () => {
  it("keeps a layer's line to one line of a narrow terminal", async () => {
    const drawn: string[] = [];
    const printer = { ...silentPrinter, isTerminal: true, columns: 30, printRaw: (text: string) => drawn.push(text) };
    const progressDetail = { current: 557_100, total: 62_930_000 };

    await showProgress(printer, messagesOf({ id: "57fdc4254953", status: "Downloading", progressDetail }));

    expect(drawn).toEqual(["\n\x1b[1A\x1b[2K\r57fdc4254953: Downloading  55…\r\x1b[1B"]);
  });
});
