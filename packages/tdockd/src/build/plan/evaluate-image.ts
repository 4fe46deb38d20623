import { constants } from "node:os";
import { TdockError } from "@tdock/errors/error";
import { expandWords } from "../dockerfile/expand.ts";
import type { InstructionOf } from "../dockerfile/instruction.ts";
import { parseExposedPorts } from "../dockerfile/port.ts";
import type { Evaluation } from "./evaluation.ts";
import { expandInStage } from "./expand-in-stage.ts";
import { plainList } from "./go-format.ts";
import { recordMetadata } from "./stage-state.ts";
import { withEntries } from "./with-entries.ts";

/** EXPOSE: a variable may hold several ports. */
export function evaluateExpose(evaluation: Evaluation, instruction: InstructionOf<"expose">): void {
  const { state, escapeChar } = evaluation;
  const words = instruction.values.flatMap((value) =>
    expandWords(value, (name) => state.env.get(name), { escapeChar }),
  );
  const ports = words.flatMap((word) => {
    const found = parseExposedPorts(word);
    if (found.mapped) evaluation.lint.add("ExposeInvalidFormat", instruction.line, mappedMessage(word));
    if (found.protocol !== found.protocol.toLowerCase()) {
      const message = `Defined protocol '${word}' in EXPOSE instruction should be lowercase`;
      evaluation.lint.add("ExposeProtoCasing", instruction.line, message);
    }
    return found.ports;
  });
  const entries = ports.map((port) => [port, {}] as const);
  state.config = { ...state.config, ExposedPorts: withEntries<object>(state.config.ExposedPorts, entries) };
  recordMetadata(state, `EXPOSE ${plainList(ports)}`);
}

function mappedMessage(word: string): string {
  return `EXPOSE instruction should not define an IP address or host-port mapping, found '${word}'`;
}

/** VOLUME. */
export function evaluateVolume(evaluation: Evaluation, instruction: InstructionOf<"volume">): void {
  const { state } = evaluation;
  const paths = instruction.values.map((value) => expandInStage(evaluation, instruction, value));
  if (paths.includes("")) throw new TdockError("invalid-argument", "VOLUME specified can not be an empty string");
  const entries = paths.map((path) => [path, {}] as const);
  state.config = { ...state.config, Volumes: withEntries<object>(state.config.Volumes, entries) };
  recordMetadata(state, `VOLUME ${plainList(paths)}`);
}

/** STOPSIGNAL: a name or number that exists. */
export function evaluateStopSignal(evaluation: Evaluation, instruction: InstructionOf<"stopsignal">): void {
  const signal = expandInStage(evaluation, instruction, instruction.value);
  if (!isSignal(signal)) throw new TdockError("invalid-argument", `invalid signal: ${signal}`);
  evaluation.state.config = { ...evaluation.state.config, StopSignal: signal };
  recordMetadata(evaluation.state, `STOPSIGNAL ${signal}`);
}

function isSignal(text: string): boolean {
  if (/^\d+$/.test(text)) return Number(text) >= 1 && Number(text) <= 64;
  const name = text.toUpperCase().replace(/^SIG/, "");
  return Object.hasOwn(constants.signals, `SIG${name}`) || /^RT(MIN(\+\d+)?|MAX(-\d+)?)$/.test(name);
}

/** USER. */
export function evaluateUser(evaluation: Evaluation, instruction: InstructionOf<"user">): void {
  const { state } = evaluation;
  state.config = { ...state.config, User: expandInStage(evaluation, instruction, instruction.value) };
  recordMetadata(state, `USER ${state.config.User}`);
}

/** MAINTAINER. */
export function evaluateMaintainer({ state }: Evaluation, { value }: InstructionOf<"maintainer">): void {
  state.author = value;
  recordMetadata(state, `MAINTAINER ${value}`);
}

/** ONBUILD: kept for whoever builds on this; it leaves no trace in the history. */
export function evaluateOnbuild({ state }: Evaluation, { trigger }: InstructionOf<"onbuild">): void {
  state.triggers.push(trigger);
  state.config = { ...state.config, OnBuild: [...(state.config.OnBuild ?? []), trigger] };
}
