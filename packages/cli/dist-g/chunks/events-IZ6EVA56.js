import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  systemEvents
} from "./chunk-KIJLNSOV.js";
import {
  rfc3339Nano
} from "./chunk-VBNPYXY5.js";
import {
  filterFlag,
  filtersOf
} from "./chunk-WKLKIBUB.js";
import {
  dockerShape,
  inspectFormatUsage
} from "./chunk-WXQ3D7DG.js";
import {
  parseMoment
} from "./chunk-STS7BKRN.js";
import {
  decodeJsonLines
} from "./chunk-5LN6FHN2.js";
import "./chunk-Y2MROQQV.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import {
  compileTemplate
} from "./chunk-K6GYZVAU.js";
import "./chunk-GVOX5WRT.js";
import {
  parseJson
} from "./chunk-3A66ICA2.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  none
} from "./chunk-TYEFKKFM.js";
import {
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/events.ts
var events = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    filter: filterFlag("Filter output based on conditions provided"),
    format: text(inspectFormatUsage),
    since: text("Show all events created since timestamp"),
    until: text("Stream events until this timestamp")
  },
  async run(cli, { flags }) {
    const template = readFormat(cli, flags.format);
    if (template === "bad") return 64;
    const stream = await openStream(cli.client, systemEvents, {
      since: flags.since === void 0 ? void 0 : parseMoment("since", flags.since),
      until: flags.until === void 0 ? void 0 : parseMoment("until", flags.until),
      filters: filtersOf(flags.filter)
    });
    for await (const event of decodeJsonLines(stream, void 0, parseJson)) {
      cli.out.print(template === void 0 ? eventText(event) : `${renderEvent(template, event)}
`);
    }
    return 0;
  }
});
var emptyEvent = {
  status: "",
  id: "",
  from: "",
  Type: "",
  Action: "",
  Actor: { ID: "", Attributes: {} },
  scope: "",
  time: 0,
  timeNano: 0
};
function readFormat(cli, format) {
  if (format === void 0 || format === "") return void 0;
  try {
    const template = compileTemplate(format === "json" ? "{{json .}}" : format);
    renderEvent(template, emptyEvent);
    return template;
  } catch (thrown) {
    cli.err.print(`Error parsing format: ${TdockError.from(thrown).message}
`);
    return "bad";
  }
}
var goNames = { Status: "status", ID: "id", From: "from", Scope: "scope", Time: "time", TimeNano: "timeNano" };
function renderEvent(template, event) {
  const named = { ...event };
  for (const [name, json] of Object.entries(goNames)) Object.defineProperty(named, name, { value: event[json] ?? "" });
  return template.render(named, dockerShape);
}
function eventText({ Type, Action, Actor, time, timeNano }) {
  const when = timeNano ? rfc3339Nano(BigInt(timeNano)) : rfc3339Nano(BigInt(time ?? 0) * 1000000000n);
  const attributes = Object.entries(Actor?.Attributes ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
  const listed = attributes.map(([name, value]) => `${name}=${value}`).join(", ");
  return `${when} ${Type} ${Action} ${Actor?.ID ?? ""}${listed === "" ? "" : ` (${listed})`}
`;
}
export {
  events
};
