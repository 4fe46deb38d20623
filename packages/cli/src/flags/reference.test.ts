import { describe, expect, it } from "vitest";
import {
  canonicalReference,
  familiarReference,
  parseReference,
  requireReference,
  withDefaultTag,
} from "./reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("parseReference", () => {
  it.each([
    ["busybox", "busybox:latest", "docker.io/library/busybox:latest"],
    ["docker.io/library/busybox:1", "busybox:1", "docker.io/library/busybox:1"],
    ["team/app", "team/app:latest", "docker.io/team/app:latest"],
    ["localhost/app", "localhost/app:latest", "localhost/app:latest"],
    ["reg.example:5000/a/b:v1", "reg.example:5000/a/b:v1", "reg.example:5000/a/b:v1"],
    [`busybox@${digest}`, `busybox@${digest}`, `docker.io/library/busybox@${digest}`],
    ["index.docker.io/busybox", "busybox:latest", "docker.io/library/busybox:latest"],
  ])("takes %s apart", (text, short, long) => {
    const reference = withDefaultTag(requireReference(text));

    expect([familiarReference(reference), canonicalReference(reference)]).toEqual([short, long]);
  });

  it.each(["", ":tag", "a b", "-x", "busybox@sha256:short", "a:b:c", "reg:5000/a:b:c"])(
    "gives nothing for %j",
    (text) => {
      expect(parseReference(text)).toBeUndefined();
    },
  );

  it("says that names are lower case", () => {
    expect(() => requireReference("UPPER")).toThrow(
      "invalid reference format: repository name (library/UPPER) must be lowercase",
    );
  });
});
