import { atLeastOne, defineCommand } from "../command.ts";
import { parsed, text } from "../flags/flag.ts";
import { parseTimeoutMs } from "../flags/timeout.ts";
import { eachTarget } from "./each-target.ts";
import { waitFor } from "./wait-for.ts";

export const wait = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    condition: text(
      'Wait for this: "not-running", "next-exit", "removed", "running", "healthy", "ready", "exited", "port:N" or "log:REGEX"',
      { shownDefault: '"not-running"' },
    ),
    timeout: parsed("Give up after this time (ms|s|m|h)", parseTimeoutMs, { label: "duration" }),
  },
  run(cli, { flags: { condition, timeout }, args }) {
    return eachTarget(cli, args, async (id) => String(await waitFor(cli, id, condition, timeout)));
  },
});
