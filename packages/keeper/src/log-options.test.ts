import { describe, expect, it } from "vitest";
import { parseLogOptions } from "./log-options.ts";

describe("log options", () => {
  it.each([
    ["10m", 10 * 1024 * 1024],
    ["1k", 1024],
    ["1.5k", 1536],
    ["2 GB", 2 * 1024 ** 3],
    ["7", 7],
    ["-1", Number.POSITIVE_INFINITY],
  ])("take max-size=%s as %d bytes", (text, bytes) => {
    expect(parseLogOptions("local", { "max-size": text }).maxBytes).toBe(bytes);
  });

  it("are 10 MB x 5 when nothing is asked for", () => {
    expect(parseLogOptions("json-file", {})).toEqual({ maxBytes: 10_000_000, maxFiles: 5 });
    expect(parseLogOptions("local", { mode: "non-blocking", "max-buffer-size": "4m" })).toEqual({
      maxBytes: 10_000_000,
      maxFiles: 5,
    });
  });

  it.each([
    ["local", { "max-size": "ten" }, "invalid size: 'ten'"],
    ["local", { "max-size": "0" }, "invalid size: '0'"],
    ["local", { "max-file": "0" }, "max-file cannot be less than 1"],
    ["local", { "max-file": "2.5" }, "max-file cannot be less than 1"],
    ["local", { mode: "sometimes" }, "logger: logging mode not supported: sometimes"],
    ["json-file", { colour: "red" }, "unknown log opt 'colour' for json-file log driver"],
    ["json-file", { __proto__x: "1" }, "unknown log opt '__proto__x' for json-file log driver"],
    ["none", { "max-size": "1m" }, "unknown log opt 'max-size' for none log driver"],
  ] as const)("of %s refuse %j", (driver, options, message) => {
    expect(() => parseLogOptions(driver, options)).toThrow(
      expect.objectContaining({ code: "invalid-argument", message }),
    );
  });
});
