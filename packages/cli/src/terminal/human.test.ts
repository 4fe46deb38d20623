import { describe, expect, it } from "vitest";
import { binarySize, humanDuration, humanSize } from "./human.ts";

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

describe("humanSize", () => {
  it.each([
    [0, "0B"],
    [999, "999B"],
    [1000, "1kB"],
    [4_261_502, "4.262MB"],
    [1_180_000_000, "1.18GB"],
    [-1, "-1B"],
  ])("shows %i bytes as %s", (size, expected) => {
    expect(humanSize(size)).toBe(expected);
  });

  it.each([
    [4_261_502, "4.26MB"],
    [123_456_789, "123MB"],
    [999_999, "1e+03kB"],
  ])("shows %i bytes with three digits as %s", (size, expected) => {
    expect(humanSize(size, 3)).toBe(expected);
  });
});

describe("binarySize", () => {
  it.each([
    [0, "0B"],
    [1024, "1KiB"],
    [1_572_864, "1.5MiB"],
    [25_228_996_608, "23.5GiB"],
  ])("shows %i bytes as %s", (size, expected) => {
    expect(binarySize(size)).toBe(expected);
  });
});

describe("humanDuration", () => {
  it.each([
    [450, "Less than a second"],
    [second, "1 second"],
    [47 * second, "47 seconds"],
    [60 * second, "About a minute"],
    [3 * 60 * second, "3 minutes"],
    [59 * 60 * second, "59 minutes"],
    [hour, "About an hour"],
    [1.4 * hour, "About an hour"],
    [1.6 * hour, "2 hours"],
    [47 * hour, "47 hours"],
    [2 * day, "2 days"],
    [13 * day, "13 days"],
    [14 * day, "2 weeks"],
    [35 * day, "5 weeks"],
    [60 * day, "2 months"],
    [729 * day, "24 months"],
    [730 * day, "2 years"],
  ])("shows %i ms as %s", (duration, expected) => {
    expect(humanDuration(duration)).toBe(expected);
  });
});
