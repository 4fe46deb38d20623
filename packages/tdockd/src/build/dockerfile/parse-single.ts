import { readFlags } from "./flag-values.ts";
import type { BodyOf } from "./instruction.ts";
import { argumentError, listArguments, needArguments, type Request } from "./request.ts";
import { splitAtSpace } from "./words.ts";

type Single = "user" | "workdir" | "stopsignal" | "maintainer";

/** Instructions whose argument is the rest of the line. */
export function parseSingle(request: Request, kind: Single): BodyOf<Single> {
  readFlags(request.line, request.flags, {});
  if (request.rest === "") throw argumentError(request, `${request.name} requires exactly one argument`);
  return { kind, value: request.rest };
}

/** EXPOSE's ports, sorted as they are recorded. */
export function parseExpose(request: Request): BodyOf<"expose"> {
  readFlags(request.line, request.flags, {});
  needArguments(request);
  const values = splitAtSpace(request.rest, request.restOffset).map((word) => word.text);
  return { kind: "expose", values: values.sort() };
}

export function parseVolume(request: Request): BodyOf<"volume"> {
  readFlags(request.line, request.flags, {});
  const values = listArguments(request).map((word) => word.text.trim());
  if (values.length === 0) throw argumentError(request, "VOLUME requires at least one argument");
  if (values.includes("")) throw argumentError(request, "VOLUME specified can not be an empty string");
  return { kind: "volume", values };
}
