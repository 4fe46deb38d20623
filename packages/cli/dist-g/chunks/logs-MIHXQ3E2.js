import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  parseMoment
} from "./chunk-STS7BKRN.js";
import "./chunk-Y2MROQQV.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import {
  isFramed
} from "./chunk-JSFMCB3A.js";
import {
  copyOutput
} from "./chunk-DVWXHFU4.js";
import "./chunk-GVOX5WRT.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerInspect,
  containerLogs
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/logs.ts
var logs = defineCommand({
  usage: "[OPTIONS] CONTAINER",
  operands: exactly(1),
  flags: {
    details: bool("Show extra details provided to logs"),
    follow: bool("Follow log output", { short: "f" }),
    since: text('Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)'),
    tail: text("Number of lines to show from the end of the logs", { short: "n", shownDefault: '"all"' }),
    timestamps: bool("Show timestamps", { short: "t" }),
    until: text('Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)')
  },
  async run(cli, { flags, args: [id = ""] }) {
    const stream = await openStream(cli.client, containerLogs, {
      id,
      stdout: true,
      stderr: true,
      follow: flags.follow,
      details: flags.details,
      timestamps: flags.timestamps,
      tail: flags.tail,
      since: flags.since === void 0 ? void 0 : parseMoment("since", flags.since),
      until: flags.until === void 0 ? void 0 : parseMoment("until", flags.until)
    });
    const framed = isFramed(cli.client, stream) ?? !await hasTerminal(cli, id);
    await copyOutput(stream, { framed });
    return 0;
  }
});
async function hasTerminal(cli, id) {
  return (await call(cli.client, containerInspect, { id })).Config?.Tty ?? false;
}
export {
  logs
};
