import { posix } from "node:path";
import { createIgnoreMatcher } from "@tdock/api/ignore";
import type { Step } from "../plan/operation.ts";
import type { LintReport } from "./report.ts";

/**
 * What COPY and ADD name in the context must not be what the ignore file hides. An ignore file with exceptions is not
 * judged: below what it hides, something may be there. Follows BuildKit's dockerfile2llb/validations.go.
 */
export function lintIgnoredCopies(steps: readonly Step[], patterns: readonly string[], report: LintReport): void {
  if (patterns.length === 0 || patterns.some((pattern) => pattern.startsWith("!"))) return;
  const matcher = createIgnoreMatcher(patterns);
  for (const { operation, line } of steps) {
    if (operation.kind !== "copy" || operation.origin.kind !== "context") continue;
    for (const item of operation.items) {
      if (item.kind !== "path" || !isIgnored(item.pattern)) continue;
      const verb = operation.instruction === "ADD" ? "Add" : "Copy";
      const message = `Attempting to ${verb} file "${item.pattern}" that is excluded by .dockerignore`;
      report.add("CopyIgnoredFile", line, message);
    }
  }

  function isIgnored(source: string): boolean {
    const path = posix.normalize(source).replace(/^\/+|\/+$/g, "");
    if (path === "" || path === ".") return patterns.some((pattern) => pattern === "*" || pattern === "**");
    return matcher.test(path).ignored;
  }
}
