import { containerCommit } from "@tdock/api/containers";
import { call } from "../client/call.ts";
import { defineCommand } from "../command.ts";
import { bool, list, text } from "../flags/flag.ts";
import { familiarName, requireReference } from "../flags/reference.ts";

export const commit = defineCommand({
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  operands: [1, 2],
  flags: {
    author: text('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: "a" }),
    change: list("Apply Dockerfile instruction to the created image", { short: "c" }),
    message: text("Commit message", { short: "m" }),
    "no-pause": bool("Disable pausing container during commit"),
    pause: bool("Pause container during commit (deprecated: use --no-pause instead)", {
      short: "p",
      initial: true,
      hidden: true,
    }),
  },
  async run(cli, { flags, args: [container = "", target] }) {
    const isPaused = flags.pause && !flags["no-pause"];
    if (!isPaused)
      cli.err.print("WARNING: a container that runs is paused while its files are read, whatever is asked\n");
    const reference = target === undefined ? undefined : requireReference(target);
    const { Id } = await call(cli.client, containerCommit, {
      container,
      repo: reference && familiarName(reference),
      tag: reference && (reference.tag ?? "latest"),
      comment: flags.message,
      author: flags.author,
      pause: isPaused,
      changes: flags.change.length === 0 ? undefined : flags.change,
      body: undefined,
    });
    cli.out.print(`${Id}\n`);
    return 0;
  },
});
