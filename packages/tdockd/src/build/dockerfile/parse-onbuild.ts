import { readFlags } from "./flag-values.ts";
import type { BodyOf } from "./instruction.ts";
import { argumentError, needArguments, type Request } from "./request.ts";

/** ONBUILD: the trigger as text, with its here-documents, so that a later build can read it as a Dockerfile. */
export function parseOnbuild(request: Request): BodyOf<"onbuild"> {
  readFlags(request.line, request.flags, {});
  needArguments(request);
  const [keyword = ""] = request.rest.split(/\s/, 1);
  const trigger = keyword.toUpperCase();
  if (trigger === "ONBUILD") throw argumentError(request, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (trigger === "FROM" || trigger === "MAINTAINER") {
    throw argumentError(request, `${trigger} isn't allowed as an ONBUILD trigger`);
  }
  const documents = request.line.heredocs.map((heredoc) => `\n${heredoc.content}${heredoc.name}`);
  return { kind: "onbuild", trigger: request.rest + documents.join("") };
}
