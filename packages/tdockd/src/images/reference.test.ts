import { describe, expect, it } from "vitest";
import { formatFamiliar, formatReference, parseReference, withDefaultTag } from "./reference.ts";

const sha256 = `sha256:${"a".repeat(64)}`;

describe("parseReference", () => {
  it.each([
    ["busybox", "docker.io/library/busybox:latest", "busybox:latest"],
    ["busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36"],
    ["user/app", "docker.io/user/app:latest", "user/app:latest"],
    ["docker.io/busybox", "docker.io/library/busybox:latest", "busybox:latest"],
    ["index.docker.io/user/app:x", "docker.io/user/app:x", "user/app:x"],
    ["localhost/app", "localhost/app:latest", "localhost/app:latest"],
    ["localhost:5000/a/b__c:v1", "localhost:5000/a/b__c:v1", "localhost:5000/a/b__c:v1"],
    ["localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"],
    ["[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest"],
    ["Registry.example/app", "Registry.example/app:latest", "Registry.example/app:latest"],
    [`busybox@${sha256}`, `docker.io/library/busybox@${sha256}`, `busybox@${sha256}`],
    [`busybox:1@${sha256}`, `docker.io/library/busybox:1@${sha256}`, `busybox:1@${sha256}`],
    ["a--b/c.d_e", "docker.io/a--b/c.d_e:latest", "a--b/c.d_e:latest"],
    ["library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"],
  ])("reads %s as %s", (text, full, familiar) => {
    const reference = withDefaultTag(parseReference(text));

    expect(formatReference(reference)).toBe(full);
    expect(formatFamiliar(reference)).toBe(familiar);
  });

  it.each([
    "",
    ":",
    "@",
    "busybox:",
    "busybox@",
    "-a",
    "--flag",
    "a//b",
    "a/",
    "/a",
    "a..b",
    "a___b",
    "busybox:-x",
    `busybox:${"t".repeat(129)}`,
    "busybox@md5:d41d8cd98f00b204e9800998ecf8427e",
    `busybox@sha256:${"a".repeat(63)}`,
    `busybox@sha256:${"A".repeat(64)}`,
    "busybox@sha256:../../x",
    "a".repeat(64),
    "bücher",
    "busybοx",
    "a b",
    "a\nb",
    "..",
    "../x",
    "host..name/app",
    `localhost/${"a".repeat(250)}`,
  ])("refuses %j", (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  it("says that names are lower case", () => {
    expect(() => parseReference("Busybox")).toThrow(
      "invalid reference format: repository name (library/Busybox) must be lowercase",
    );
  });

  it.each(["a/".repeat(100_000), "a".repeat(1_000_000), `a${"-".repeat(1_000_000)}`, `${"a.".repeat(120)}!`])(
    "refuses a hostile text without walking it again and again",
    (text) => {
      const started = performance.now();

      expect(() => parseReference(text)).toThrow("invalid reference format");

      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});
