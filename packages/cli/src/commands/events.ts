import { decodeJsonLines } from "@tdock/api/json-lines";
import { type EventMessage, systemEvents } from "@tdock/api/system";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { openStream } from "../client/stream.ts";
import { defineCommand, none } from "../command.ts";
import { filterFlag, filtersOf } from "../flags/filter.ts";
import { text } from "../flags/flag.ts";
import { parseMoment } from "../flags/moment.ts";
import { rfc3339Nano } from "../terminal/go-time.ts";
import { parseJson } from "../terminal/template/json.ts";
import { compileTemplate, type Template } from "../terminal/template/template.ts";
import type { Dot } from "../terminal/template/value.ts";
import { dockerShape } from "./inspect-members.ts";
import { inspectFormatUsage } from "./inspect-output.ts";

export const events = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    filter: filterFlag("Filter output based on conditions provided"),
    format: text(inspectFormatUsage),
    since: text("Show all events created since timestamp"),
    until: text("Stream events until this timestamp"),
  },
  async run(cli, { flags }) {
    const template = readFormat(cli, flags.format);
    if (template === "bad") return 64;
    const stream = await openStream(cli.client, systemEvents, {
      since: flags.since === undefined ? undefined : parseMoment("since", flags.since),
      until: flags.until === undefined ? undefined : parseMoment("until", flags.until),
      filters: filtersOf(flags.filter),
    });
    for await (const event of decodeJsonLines<Dot>(stream, undefined, parseJson)) {
      cli.out.print(template === undefined ? eventText(event as EventMessage) : `${renderEvent(template, event)}\n`);
    }
    return 0;
  },
});

/** An event with all members, to try a template on. */
const emptyEvent: Dot = {
  status: "",
  id: "",
  from: "",
  Type: "",
  Action: "",
  Actor: { ID: "", Attributes: {} },
  scope: "",
  time: 0,
  timeNano: 0,
};

/** Prints what is wrong with a template before any event comes. */
function readFormat(cli: Cli, format: string | undefined): Template | undefined | "bad" {
  if (format === undefined || format === "") return undefined;
  try {
    const template = compileTemplate(format === "json" ? "{{json .}}" : format);
    renderEvent(template, emptyEvent);
    return template;
  } catch (thrown) {
    cli.err.print(`Error parsing format: ${TdockError.from(thrown).message}\n`);
    return "bad";
  }
}

/** Go's names of the members whose JSON names differ. */
const goNames = { Status: "status", ID: "id", From: "from", Scope: "scope", Time: "time", TimeNano: "timeNano" };

/** Templates may use Go's names; `json` shows those of JSON. */
function renderEvent(template: Template, event: Dot): string {
  const named: Dot = { ...event };
  for (const [name, json] of Object.entries(goNames)) Object.defineProperty(named, name, { value: event[json] ?? "" });
  return template.render(named, dockerShape);
}

function eventText({ Type, Action, Actor, time, timeNano }: EventMessage): string {
  const when = timeNano ? rfc3339Nano(BigInt(timeNano)) : rfc3339Nano(BigInt(time ?? 0) * 1_000_000_000n);
  const attributes = Object.entries(Actor?.Attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const listed = attributes.map(([name, value]) => `${name}=${value}`).join(", ");
  return `${when} ${Type} ${Action} ${Actor?.ID ?? ""}${listed === "" ? "" : ` (${listed})`}\n`;
}
