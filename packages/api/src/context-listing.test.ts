import { describe, expect, it } from "vitest";
import { encodeListedEntry, type ListedEntry, parseContextListing } from "./context-listing.ts";

const file: ListedEntry = {
  ...{ path: "a folder/a name\nof two lines", kind: "f", mode: 0o4755, mtime: 1700000000.25, size: 12, target: "" },
  stamp: "2049:17:1700000000.5000000000",
};

describe("parseContextListing", () => {
  it("reads what was encoded, and keeps the numbers of what is left out", () => {
    const link: ListedEntry = { ...file, path: "link", kind: "l", target: "to where ever" };
    const text = `${encodeListedEntry(file)}p 644 1 0 1:2:3 fifo\0\0${encodeListedEntry(link)}`;

    expect(parseContextListing(text)).toEqual([file, undefined, link]);
  });

  it("reads what find prints of times and modes", () => {
    const [entry] = parseContextListing("d 755 1700000000.5000000000 4096 fe00:5:1700000001.0000000000 src\0\0");

    expect(entry).toMatchObject({ path: "src", kind: "d", mode: 0o755, mtime: 1700000000.5, size: 4096 });
  });

  it.each([
    "f 644 1 2 3 name",
    "f 644 1 2 3 name\0",
    "f 999 1 2 3 name\0\0",
    "f 644 1 -2 3 name\0\0",
    "f 644 1 2 3 \0\0",
    `${encodeListedEntry(file)}rest`,
  ])("refuses %j", (text) => {
    expect(() => parseContextListing(text)).toThrow("not a listing of a build context");
  });
});
