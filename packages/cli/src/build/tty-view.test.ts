import { stripVTControlCharacters } from "node:util";
import type { BuildEvent } from "@tdock/api/build-event";
import { describe, expect, it } from "vitest";
import { textWidth } from "../terminal/text-width.ts";
import { TtyView } from "./tty-view.ts";

const columns = 50;
const begin = (title: string, vertex = 1): BuildEvent => ({ kind: "begin", vertex, title, at: 0 });
const log = (text: string): BuildEvent => {
  return { kind: "log", vertex: 1, data: Buffer.from(text).toString("base64"), at: 0 };
};
const end = (outcome: "done" | "failed", vertex = 1): BuildEvent => ({ kind: "end", vertex, outcome, at: 1500 });

/** The last picture of a build, line by line, without colours. */
function lastPicture(...events: BuildEvent[]): string[] {
  let printed = "";
  const printRaw = (text: string) => {
    printed += text;
  };
  {
    using view = new TtyView({ isTerminal: true, columns, print: printRaw, printRaw });
    for (const event of events) view.show(event);
  }
  const picture = printed.slice(printed.lastIndexOf("\x1b[J"));
  return stripVTControlCharacters(picture).trimEnd().split("\n");
}

describe("TtyView", () => {
  it("draws no line that is wider than the terminal, whatever is in it", () => {
    const lines = lastPicture(begin(`RUN echo ${"日本語".repeat(20)}`), log(`${"語".repeat(60)}\n`), end("failed"));

    expect(lines).toHaveLength(3);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(columns);
    expect(lines[1]).toMatch(/^ => ERROR RUN echo 日.*… +1\.5s$/);
  });

  it("shows of a progress bar where it is, and no colours of the step's", () => {
    const lines = lastPicture(begin("RUN get"), log("\x1b[31mred\x1b[0m\n\r 1%\r 2%\n\r 3%\r 4%"), end("failed"));

    expect(lines.slice(2)).toEqual([" => => # red", " => => #  2%", " => => #  4%"]);
  });

  it("leaves room behind a long instruction for why it is not cached, and how much came", () => {
    const title = `RUN ${"long ".repeat(20)}`;
    const sent: BuildEvent = { kind: "status", vertex: 2, name: "context", current: 3_000_000, total: 0 };
    const miss: BuildEvent = { kind: "miss", vertex: 1, reason: "src/a changed" };
    const lines = lastPicture(begin(title), miss, end("done"), begin("load", 2), sent, end("done", 2));

    expect(lines[1]).toMatch(/^ => RUN long long.*… \(src\/a changed\) 1\.5s$/);
    expect(lines[2]).toMatch(/^ => load 3MB +1\.5s$/);
  });

  it("leaves all steps on the screen at the end, however many there are", () => {
    const steps = Array.from({ length: 100 }, (_, index) => [begin(`step ${index}`, index), end("done", index)]);

    expect(lastPicture(...steps.flat())).toHaveLength(101);
  });
});
