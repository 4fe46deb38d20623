import { type FlagValues, readFlags } from "./flag-values.ts";
import { chompTabs, parseHeredocWord } from "./heredoc.ts";
import type { BodyOf, CopySources, InlineFile } from "./instruction.ts";
import { argumentError, listArguments, type Request } from "./request.ts";
import { syntaxError } from "./source.ts";

const shared = { chown: "text", chmod: "text", link: "bool", exclude: "list" } as const;

export function parseCopy(request: Request): BodyOf<"copy"> {
  const flags = readFlags(request.line, request.flags, { ...shared, from: "text", parents: "bool" });
  const parents = flags.parents === true;
  return { kind: "copy", ...readSources(request, flags), from: flags.from, parents };
}

export function parseAdd(request: Request): BodyOf<"add"> {
  const schema = { ...shared, "keep-git-dir": "bool", checksum: "text", unpack: "bool" } as const;
  const flags = readFlags(request.line, request.flags, schema);
  const { checksum, unpack } = flags;
  return { kind: "add", ...readSources(request, flags), keepGitDir: flags["keep-git-dir"], checksum, unpack };
}

function readSources(request: Request, flags: FlagValues<typeof shared>): CopySources {
  const words = listArguments(request);
  const destination = words.pop();
  if (destination === undefined || words.length === 0) {
    const problem = "requires at least two arguments, but only one was provided. Destination could not be determined";
    throw argumentError(request, `${request.name} ${problem}`);
  }
  if (parseHeredocWord(destination.text) !== undefined) {
    throw syntaxError(request.line, destination.offset, `${request.name} cannot accept a heredoc as a destination`);
  }
  const sources: string[] = [];
  const inline: InlineFile[] = [];
  for (const { text } of words) {
    const file = inlineFile(request, text);
    if (file === undefined) sources.push(text);
    else inline.push(file);
  }
  const { chown, chmod, exclude } = flags;
  return { sources, inline, destination: destination.text, chown, chmod, link: flags.link === true, exclude };
}

function inlineFile(request: Request, word: string): InlineFile | undefined {
  const name = parseHeredocWord(word)?.name;
  const heredoc = name === undefined ? undefined : request.line.heredocs.find((found) => found.name === name);
  if (heredoc === undefined) return undefined;
  const content = heredoc.chomp ? chompTabs(heredoc.content) : heredoc.content;
  return { name: heredoc.name, content, expand: heredoc.expand };
}
