import type { FileChange } from "./file-list.ts";
import { type StepInputs, shownAt } from "./step-record.ts";

/** What the explanation is made from. */
export interface MissFacts {
  readonly before: StepInputs;
  readonly now: StepInputs;
  /** Differences between the files of both, when both copied some. */
  readonly files: readonly FileChange[];
  /** What the step stands on: `the step before`, or the base image's name. */
  readonly parentName: string;
}

const shownFiles = 3;

/**
 * Why a step of an earlier build could not be used again, in words: `ARG VERSION 1 -> 2`, `src/a.ts changed`.
 * The nearest cause comes first: a changed argument or file says more than a changed parent.
 */
export function explainMiss({ before, now, files, parentName }: MissFacts): string {
  const causes = [
    ...changedValues("ARG", before.args, now.args),
    ...changedValues("ENV", withoutNames(before.env, before.args), withoutNames(now.env, now.args)),
    ...fileCauses(files),
  ];
  if (causes.length > 0) return causes.join(", ");
  if (before.text !== now.text) return `the instruction changed: it was ${shorten(before.text)}`;
  const settings = changedSettings(settingsOf(before), settingsOf(now));
  if (settings.length > 0) return settings.join(", ");
  return before.parent === now.parent ? "its settings changed" : `${parentName} changed`;
}

type Settings = Readonly<Record<string, unknown>>;

/** None of what an older tdock wrote down another way. */
function settingsOf({ rest }: StepInputs): Settings | undefined {
  const value: unknown = JSON.parse(rest);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** What has a short value is told with it. */
function changedSettings(before: Settings | undefined, now: Settings | undefined): string[] {
  if (before === undefined || now === undefined) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((name) => {
    const [old, value] = [before[name], now[name]];
    if (JSON.stringify(old) === JSON.stringify(value)) return [];
    const isTold = typeof old !== "object" && typeof value !== "object" && !name.startsWith(shownAt);
    return [
      isTold ? `${name} ${shorten(String(old || "none"))} -> ${shorten(String(value || "none"))}` : `${name} changed`,
    ];
  });
}

function changedValues(
  kind: string,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].flatMap((name) => {
    const [old, value] = [before[name], now[name]];
    if (old === value) return [];
    if (old === undefined) return [`${kind} ${name} is new`];
    return value === undefined ? [`${kind} ${name} is gone`] : [`${kind} ${name} ${shorten(old)} -> ${shorten(value)}`];
  });
}

function withoutNames(
  values: Readonly<Record<string, string>>,
  names: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(names, name)));
}

function fileCauses(files: readonly FileChange[]): string[] {
  const shown = files.slice(0, shownFiles).map(({ path, change }) => `${path || "."} ${change}`);
  const more = files.length - shown.length;
  return more > 0 ? [...shown, `${more} more`] : shown;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
