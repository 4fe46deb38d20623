import { describe, expect, it } from "vitest";
import { elementCommands, parseElements } from "./element.ts";

describe("parseElements", () => {
  it("reads elements over several lines and keeps the time that is left", () => {
    const listing = `table inet t {
	set s {
		elements = { 10.0.0.2 . 1.2.3.4 . 443 timeout 5m expires 4m59s,
			     10.0.0.3 . 1.2.3.0/24 . 80 }
	}
}`;

    expect(parseElements("s", listing)).toEqual([
      { set: "s", text: "10.0.0.2 . 1.2.3.4 . 443 timeout 4m59s" },
      { set: "s", text: "10.0.0.3 . 1.2.3.0/24 . 80" },
    ]);
  });

  it("finds none in an empty set", () => {
    expect(parseElements("s", "table inet t {\n\tset s {\n\t}\n}")).toEqual([]);
  });
});

describe("elementCommands", () => {
  it("deletes by the key alone", () => {
    const elements = [
      { set: "m", text: "tcp . 0.0.0.0/0 . 80 : 10.0.0.2 . 80" },
      { set: "s", text: "10.0.0.2 . 1.2.3.4 timeout 60s" },
    ];

    expect(elementCommands("delete", "t", elements)).toBe(
      "delete element inet t m { tcp . 0.0.0.0/0 . 80 }\ndelete element inet t s { 10.0.0.2 . 1.2.3.4 }\n",
    );
  });
});
