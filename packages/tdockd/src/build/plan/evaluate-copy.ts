import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { expandWord } from "../dockerfile/expand.ts";
import type { InstructionOf } from "../dockerfile/instruction.ts";
import { isGitReference } from "../remote/git-reference.ts";
import { withoutLogins } from "../remote/url-login.ts";
import type { Evaluation } from "./evaluation.ts";
import { expandInStage } from "./expand-in-stage.ts";
import { parseMode } from "./file-mode.ts";
import type { CopyItem, CopyOperation } from "./operation.ts";
import { recordStep } from "./stage-state.ts";

type CopyInstruction = InstructionOf<"copy"> | InstructionOf<"add">;

/** COPY and ADD. Throws `invalid-argument` for what cannot be: a URL in COPY, a bad mode, a misplaced checksum. */
export function evaluateCopy(evaluation: Evaluation, instruction: CopyInstruction): void {
  const { state } = evaluation;
  const own = (word: string) => expandInStage(evaluation, instruction, word);
  const name = instruction.kind === "add" ? "ADD" : "COPY";
  const sources = instruction.sources.map(own);
  const destinationText = own(instruction.destination);
  const chown = own(instruction.chown);
  const chmod = own(instruction.chmod);
  if (chmod !== "") parseMode(chmod);
  const items = [
    ...sources.map((source) => itemOf(source, name)),
    ...instruction.inline.map((file) => inlineItem(evaluation, file)),
  ];
  const operation: CopyOperation = {
    kind: "copy",
    instruction: name,
    origin: originOf(evaluation, instruction),
    items,
    destination: destinationOf(state.config.WorkingDir ?? "", destinationText),
    chown,
    chmod,
    link: instruction.link,
    parents: instruction.kind === "copy" && instruction.parents,
    exclude: instruction.exclude,
    ...remoteOptions(instruction, own),
  };
  checkChecksum(operation);
  checkDestination(operation);
  const flags = [
    ...(operation.parents ? ["--parents"] : []),
    ...(chown === "" ? [] : [`--chown=${chown}`]),
    ...(chmod === "" ? [] : [`--chmod=${chmod}`]),
  ];
  const documents = instruction.inline.map((file) => `<<${file.name}`);
  const text = [name, ...flags, ...sources, ...documents, destinationText].join(" ");
  const historyIndex = recordStep(state, `${withoutLogins(text)} # buildkit`);
  evaluation.addStep(instruction, withoutLogins(titleText(evaluation, instruction)), operation, historyIndex);
}

function itemOf(source: string, name: "COPY" | "ADD"): CopyItem {
  if (isGitReference(source)) {
    if (name === "COPY") throw new TdockError("invalid-argument", "source can't be a git ref for COPY");
    return { kind: "git", url: source };
  }
  if (!/^https?:\/\//.test(source)) return { kind: "path", pattern: source };
  if (name === "COPY") throw new TdockError("invalid-argument", "source can't be a URL for COPY");
  return { kind: "http", url: source, name: fileNameOf(source) };
}

function fileNameOf(url: string): string {
  if (!URL.canParse(url)) throw new TdockError("invalid-argument", `invalid URL: ${withoutLogins(url)}`);
  const name = posix.basename(decodeURI(new URL(url).pathname));
  return name === "" || name === "." || name === ".." ? "__unnamed__" : name;
}

function inlineItem(evaluation: Evaluation, file: CopyInstruction["inline"][number]): CopyItem {
  if (!file.expand) return { kind: "inline", name: file.name, content: file.content };
  const options = { escapeChar: "\\", literalQuotes: true };
  const { value } = expandWord(file.content, (name) => evaluation.state.env.get(name), options);
  return { kind: "inline", name: file.name, content: value };
}

function originOf(evaluation: Evaluation, instruction: CopyInstruction): CopyOperation["origin"] {
  if (instruction.kind === "add") return { kind: "context" };
  if (instruction.from.includes("$")) {
    const problem =
      "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope";
    throw new TdockError("invalid-argument", `${problem} as a workaround`);
  }
  return evaluation.findSource(instruction.line, instruction.from);
}

/** Absolute; a trailing slash is kept, and `.` counts as one. */
function destinationOf(workdir: string, text: string): string {
  const path = posix.resolve("/", workdir, text);
  const folder = text === "" || text === "." || text.endsWith("/") || text.endsWith("/.");
  return folder && path !== "/" ? `${path}/` : path;
}

function remoteOptions(
  instruction: CopyInstruction,
  own: (word: string) => string,
): Pick<CopyOperation, "unpack" | "checksum" | "keepGitDir"> {
  if (instruction.kind === "copy") return { unpack: "none", checksum: "", keepGitDir: false };
  const unpack = instruction.unpack === undefined ? "local" : instruction.unpack ? "all" : "none";
  return { unpack, checksum: own(instruction.checksum), keepGitDir: instruction.keepGitDir === true };
}

function checkChecksum({ checksum, items }: CopyOperation): void {
  if (checksum === "") return;
  const [only, ...more] = items;
  if (more.length > 0) throw new TdockError("invalid-argument", "checksum can't be specified for multiple sources");
  if (only?.kind !== "http" && only?.kind !== "git") {
    throw new TdockError("invalid-argument", "checksum requires HTTP(S) or Git sources");
  }
}

function checkDestination({ items, destination, instruction }: CopyOperation): void {
  if (items.length < 2 || destination.endsWith("/")) return;
  const problem = `when using ${instruction} with more than one source file, the destination must be a directory`;
  throw new TdockError("invalid-argument", `${problem} and end with a /`);
}

function titleText(evaluation: Evaluation, { line }: CopyInstruction): string {
  const options = { escapeChar: evaluation.escapeChar, keepQuotes: true, keepUnset: true };
  try {
    return expandWord(line.text.trim(), (name) => evaluation.state.env.get(name), options).value;
  } catch {
    return line.text.trim();
  }
}
