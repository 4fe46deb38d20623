import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { jsonView } from "./json-view.ts";
import { plainView } from "./plain-view.ts";
import { TtyView } from "./tty-view.ts";
import type { BuildView } from "./view.ts";

/** The view that `--progress`, `-q` and the terminal ask for. It writes to standard error. */
export function createView(
  cli: Pick<Cli, "env" | "err">,
  flags: { readonly progress: string | undefined; readonly quiet: boolean },
): BuildView {
  const wanted = flags.quiet ? "quiet" : flags.progress || cli.env.BUILDKIT_PROGRESS || "auto";
  switch (wanted) {
    case "auto":
      return cli.err.isTerminal && !cli.env.NO_COLOR ? new TtyView(cli.err) : plainView(cli.err);
    case "tty":
      return new TtyView(cli.err);
    case "plain":
      return plainView(cli.err);
    case "json":
    case "rawjson":
      return jsonView(cli.err);
    case "quiet":
    case "none":
      return { show() {}, [Symbol.dispose]() {} };
    default:
      throw new TdockError(
        "invalid-argument",
        `invalid progress mode ${wanted}: wanted auto, plain, tty, json or quiet`,
      );
  }
}
