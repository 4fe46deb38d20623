import { syntaxErrorAt } from "../dockerfile/source.ts";
import type { Dockerfile } from "../dockerfile/stages.ts";

/**
 * `# syntax=` names a program that would read the Dockerfile. Docker's own is what is built in here; no other is ever
 * run. Throws `invalid-argument`.
 */
export function checkSyntax(
  dockerfile: Pick<Dockerfile, "syntax" | "file">,
  buildArgs: ReadonlyMap<string, string>,
): void {
  const wanted = buildArgs.get("BUILDKIT_SYNTAX") ?? dockerfile.syntax;
  if (wanted === undefined || isBuiltIn(wanted)) return;
  const problem = `the frontend ${wanted} is not run: only docker/dockerfile, which is built in`;
  throw syntaxErrorAt(dockerfile.file, { line: 1, column: 1 }, problem);
}

function isBuiltIn(name: string): boolean {
  const [image = ""] = name.trim().split(/\s/, 1);
  return /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@].*)?$/.test(image) || image === "dockerfile.v0";
}
