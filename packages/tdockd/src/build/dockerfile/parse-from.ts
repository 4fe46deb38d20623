import { readFlags } from "./flag-values.ts";
import type { BodyOf } from "./instruction.ts";
import { argumentError, type Request } from "./request.ts";
import { syntaxError } from "./source.ts";
import { splitAtSpace } from "./words.ts";

/** `FROM [--platform=P] image [AS name]`; the name in lower case, empty when there is none. */
export function parseFrom(request: Request): BodyOf<"from"> {
  const { platform } = readFlags(request.line, request.flags, { platform: "text" });
  const [image, as, name, ...more] = splitAtSpace(request.rest, request.restOffset);
  const named = as?.text.toLowerCase() === "as" && name !== undefined && more.length === 0;
  if (image === undefined || (as !== undefined && !named)) {
    throw argumentError(request, "FROM requires either one or three arguments");
  }
  if (!named) return { kind: "from", image: image.text, name: "", platform };
  const lower = name.text.toLowerCase();
  if (!/^[a-z][a-z0-9-_.]*$/.test(lower)) {
    const problem = "name can't start with a number or contain symbols";
    throw syntaxError(request.line, name.offset, `invalid name for build stage: "${name.text}", ${problem}`);
  }
  return { kind: "from", image: image.text, name: lower, platform };
}
