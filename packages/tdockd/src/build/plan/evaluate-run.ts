import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { expandWord } from "../dockerfile/expand.ts";
import { chompTabs, parseHeredocWord } from "../dockerfile/heredoc.ts";
import type { InstructionOf } from "../dockerfile/instruction.ts";
import { parseRunMount } from "../dockerfile/run-mount.ts";
import type { Evaluation } from "./evaluation.ts";
import { expandInStage } from "./expand-in-stage.ts";
import type { PlacedMount, RunOperation } from "./operation.ts";
import { recordStep, type StageState } from "./stage-state.ts";

/** RUN: the command line, its mounts and its environment. */
export function evaluateRun(evaluation: Evaluation, instruction: InstructionOf<"run">): void {
  const { state } = evaluation;
  const { args, script } = commandOf(state, instruction);
  const operation: RunOperation = {
    kind: "run",
    args,
    env: [...state.env].map(([name, value]) => `${name}=${value}`),
    user: state.config.User ?? "",
    cwd: state.config.WorkingDir || "/",
    mounts: instruction.mounts.map((mount) => placeMount(evaluation, instruction, mount)),
    network: instruction.network,
    security: instruction.security,
    script,
  };
  const historyIndex = recordStep(state, `RUN ${historyText(state, args)} # buildkit`);
  evaluation.addStep(instruction, titleText(evaluation, instruction), operation, historyIndex);
}

/** The words with the image's SHELL in front, joined as one text. */
export function withShell(state: Pick<StageState, "config">, words: readonly string[]): readonly string[] {
  const shell = state.config.Shell?.length ? state.config.Shell : ["/bin/sh", "-c"];
  return [...shell, words.join(" ")];
}

interface Command {
  readonly args: readonly string[];
  readonly script: RunOperation["script"];
}

function commandOf(state: StageState, { command, line }: InstructionOf<"run">): Command {
  const [first = ""] = command.words;
  const [document] = line.heredocs;
  if (command.form === "exec") return { args: command.words, script: undefined };
  if (document === undefined) return { args: withShell(state, command.words), script: undefined };
  if (parseHeredocWord(first.trim()) === undefined) {
    const documents = line.heredocs.map(({ content, name }) => `\n${content}${name}`);
    return { args: withShell(state, [first + documents.join("")]), script: undefined };
  }
  const content = document.chomp ? chompTabs(document.content) : document.content;
  if (!content.startsWith("#!")) return { args: withShell(state, [content]), script: undefined };
  const args = withShell(state, [`/dev/pipes/${document.name}`]);
  return { args, script: { name: document.name, content } };
}

function placeMount(evaluation: Evaluation, instruction: InstructionOf<"run">, text: string): PlacedMount {
  const mount = parseRunMount(text, (word) => expandInStage(evaluation, instruction, word));
  const target = targetOf(evaluation.state, mount);
  if (mount.type === "bind") return { ...mount, target, origin: evaluation.findSource(instruction.line, mount.from) };
  if (mount.type !== "cache") return { ...mount, target, origin: { kind: "empty" } };
  const origin = mount.from === "" ? { kind: "empty" as const } : evaluation.findSource(instruction.line, mount.from);
  return { ...mount, target, origin, id: mount.id || posix.normalize(mount.target) };
}

function targetOf(state: StageState, mount: { readonly type: string; readonly target: string }): string {
  if (mount.target === "" && (mount.type === "secret" || mount.type === "ssh")) return "";
  if (mount.target === "") throw new TdockError("invalid-argument", `a ${mount.type} mount needs a target`);
  const target = posix.resolve("/", state.config.WorkingDir ?? "", mount.target);
  if (target === "/") throw new TdockError("invalid-argument", `invalid mount target "${mount.target}"`);
  return target;
}

/** Build arguments stand in front, `|2 A=1 B=2`, as tools that read histories expect. */
function historyText(state: StageState, args: readonly string[]): string {
  const values = [...state.args.keys()].map((name) => `${name}=${state.env.get(name) ?? state.args.get(name) ?? ""}`);
  const front = values.length === 0 ? [] : [`|${values.length}`, ...values];
  return [...front, ...args].join(" ");
}

/** What the progress display shows: set variables replaced, secrets masked, the first line of a here-document. */
function titleText(evaluation: Evaluation, { line, mounts }: InstructionOf<"run">): string {
  const secrets = new Set(mounts.flatMap((mount) => /(?:^|,)env=([^,]+)/.exec(mount)?.[1] ?? []));
  const lookup = (name: string) => (secrets.has(name) ? "****" : evaluation.state.env.get(name));
  const documents = line.heredocs.map(({ content }) => ` (${firstLine(content)})`).join("");
  const text = line.text.trim();
  try {
    const options = { escapeChar: evaluation.escapeChar, keepQuotes: true, keepUnset: true };
    return expandWord(text, lookup, options).value + documents;
  } catch {
    return text + documents; // shell syntax that is not ours to judge
  }
}

function firstLine(content: string): string {
  const [first = "", ...more] = content.trim().split("\n");
  return more.length > 0 ? `${first}...` : first;
}
