import { describe, expect, it } from "vitest";
import { contextAddress, isGitReference, parseGitReference } from "./git-reference.ts";

describe("contextAddress", () => {
  it.each([
    ["github.com/owner/name", "https://github.com/owner/name.git"],
    ["github.com/owner/name.git#branch:folder", "https://github.com/owner/name.git#branch:folder"],
    ["github.com/owner/name#v1.0", "https://github.com/owner/name.git#v1.0"],
    ["https://host/owner/name.git", "https://host/owner/name.git"],
    ["client-session", "client-session"],
  ])("makes of %s %s", (text, address) => {
    expect(contextAddress(text)).toBe(address);
  });
});

describe("isGitReference", () => {
  it.each(["git://host/x", "ssh://git@host/x", "git@host:x", "https://host/x.git", "http://host/x.git#ref"])(
    "knows %s for a repository",
    (text) => expect(isGitReference(text)).toBe(true),
  );

  it.each(["https://host/x.tar.gz", "https://host/x?y=.git", "file:///x.git", "/x.git", "x@host"])(
    "does not take %s for one",
    (text) => expect(isGitReference(text)).toBe(false),
  );
});

describe("parseGitReference", () => {
  it("reads what stands behind the address", () => {
    expect(parseGitReference("https://host/x.git#v1:a/./b/")).toEqual({
      ...{ remote: "https://host/x.git", ref: "v1", folder: "a/b" },
    });
    expect(parseGitReference("git@host:x")).toEqual({ remote: "git@host:x", ref: "", folder: "" });
  });

  it.each([
    "https://host/x.git#--upload-pack=touch /marker:x",
    "https://host/x.git#-x",
    "--upload-pack=x",
    "https://host/x.git#main:../..",
    "https://host/x.git#main:a/../../b",
    "https://host/x.git#a..b",
    "https://host/x.git#a b",
    "https://host/x.git#a\nb",
  ])("refuses %j", (text) => {
    expect(() => parseGitReference(text)).toThrow(/invalid git reference|must be inside it/);
  });
});
