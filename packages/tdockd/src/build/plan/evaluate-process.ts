import { posix } from "node:path";
import type { InstructionOf } from "../dockerfile/instruction.ts";
import { withShell } from "./evaluate-run.ts";
import type { Evaluation } from "./evaluation.ts";
import { expandInStage } from "./expand-in-stage.ts";
import { goDuration, plainList, quotedList } from "./go-format.ts";
import { recordMetadata, recordStep } from "./stage-state.ts";

/** WORKDIR: relative to the one before; a folder that is missing is made. */
export function evaluateWorkdir(evaluation: Evaluation, instruction: InstructionOf<"workdir">): void {
  const { state } = evaluation;
  const wanted = expandInStage(evaluation, instruction, instruction.value);
  if (!wanted.startsWith("/") && !state.workdirGiven) {
    const message = `Relative workdir "${wanted}" can have unexpected results if the base image changes`;
    evaluation.lint.add("WorkdirRelativePath", instruction.line, message);
  }
  state.workdirGiven = true;
  const path = posix.resolve("/", state.config.WorkingDir ?? "", wanted);
  state.config = { ...state.config, WorkingDir: path };
  if (path === "/") {
    recordMetadata(state, "WORKDIR /");
    return;
  }
  const historyIndex = recordStep(state, `WORKDIR ${path}`);
  const user = state.config.User ?? "";
  evaluation.addStep(instruction, `WORKDIR ${path}`, { kind: "workdir", path, user }, historyIndex);
}

/** CMD and ENTRYPOINT. ENTRYPOINT discards a CMD that the base image brought, not one of this stage. */
export function evaluateCommand(evaluation: Evaluation, instruction: InstructionOf<"cmd" | "entrypoint">): void {
  const { state } = evaluation;
  const { form, words } = instruction.command;
  const name = instruction.kind.toUpperCase();
  if (form === "shell" && (state.config.Shell ?? []).length === 0) {
    const message = `JSON arguments recommended for ${name} to prevent unintended behavior related to OS signals`;
    evaluation.lint.add("JSONArgsRecommended", instruction.line, message);
  }
  const args = form === "shell" ? withShell(state, words) : words;
  if (instruction.kind === "cmd") {
    state.cmdGiven = true;
    state.config = { ...state.config, Cmd: args, ArgsEscaped: true };
  } else {
    const cmd = state.cmdGiven ? state.config.Cmd : undefined;
    state.config = { ...state.config, Entrypoint: args, Cmd: cmd };
  }
  recordMetadata(state, `${name} ${quotedList(args)}`);
}

export function evaluateHealthcheck({ state }: Evaluation, { healthcheck }: InstructionOf<"healthcheck">): void {
  const { test, interval, timeout, startPeriod, startInterval, retries } = healthcheck;
  const config = {
    Test: test,
    ...(interval !== 0 && { Interval: interval }),
    ...(timeout !== 0 && { Timeout: timeout }),
    ...(startPeriod !== 0 && { StartPeriod: startPeriod }),
    ...(startInterval !== 0 && { StartInterval: startInterval }),
    ...(retries !== 0 && { Retries: retries }),
  };
  state.config = { ...state.config, Healthcheck: config };
  const times = { Interval: interval, Timeout: timeout, StartPeriod: startPeriod, StartInterval: startInterval };
  const texts = Object.entries(times).map(([name, value]) => `${name}:${goDuration(value)}`);
  recordMetadata(state, `HEALTHCHECK {Test:${plainList(test)} ${texts.join(" ")} Retries:${retries}}`);
}

/** SHELL. */
export function evaluateShell({ state }: Evaluation, { words }: InstructionOf<"shell">): void {
  state.config = { ...state.config, Shell: words };
  recordMetadata(state, `SHELL ${plainList(words)}`);
}
