import { openLog } from "../client/open-log.ts";
import { defineCommand, exactly } from "../command.ts";
import { bool, text } from "../flags/flag.ts";
import { parseMoment } from "../flags/moment.ts";
import { copyOutput } from "../terminal/output.ts";

export const logs = defineCommand({
  usage: "[OPTIONS] CONTAINER",
  operands: exactly(1),
  flags: {
    details: bool("Show extra details provided to logs"),
    follow: bool("Follow log output", { short: "f" }),
    since: text('Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)'),
    tail: text("Number of lines to show from the end of the logs", { short: "n", shownDefault: '"all"' }),
    timestamps: bool("Show timestamps", { short: "t" }),
    until: text('Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)'),
  },
  async run(cli, { flags, args: [id = ""] }) {
    const { stream, framed } = await openLog(cli.client, {
      id,
      stdout: true,
      stderr: true,
      follow: flags.follow,
      details: flags.details,
      timestamps: flags.timestamps,
      tail: flags.tail,
      since: flags.since === undefined ? undefined : parseMoment("since", flags.since),
      until: flags.until === undefined ? undefined : parseMoment("until", flags.until),
    });
    await copyOutput(stream, { framed });
    return 0;
  },
});
