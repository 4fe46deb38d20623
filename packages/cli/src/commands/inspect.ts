import { containerInspect } from "@tdock/api/containers";
import { imageInspect } from "@tdock/api/images";
import { networkInspect } from "@tdock/api/networks";
import { volumeInspect } from "@tdock/api/volumes";
import { isError, TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { bool, text } from "../flags/flag.ts";
import { platformJson } from "../flags/platform.ts";
import { quote } from "../terminal/template/quote.ts";
import { inspectFormatUsage, printInspected } from "./inspect-output.ts";

type Finder = (cli: Cli, name: string, size: boolean) => Promise<unknown>;

/** How an object of each kind is found, in the order in which kinds are tried. */
const finders = {
  container: (cli, id, size) => call(cli.client, containerInspect, { id, size: size || undefined }),
  image: (cli, name) => call(cli.client, imageInspect, { name }),
  network: (cli, id) => call(cli.client, networkInspect, { id }),
  volume: (cli, name) => call(cli.client, volumeInspect, { name }),
} satisfies Record<string, Finder>;

const kinds: Readonly<Record<string, Finder>> = finders;

export const inspect = defineCommand({
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    size: bool("Display total file sizes if the type is container", { short: "s" }),
    type: text("Only inspect objects of the given type"),
  },
  run(cli, { flags, args }) {
    checkType(flags.type);
    const wanted = flags.type === undefined ? Object.keys(kinds) : [flags.type];
    return printInspected(cli, {
      names: args,
      format: flags.format,
      find: (name) => findAny(cli, wanted, { name, size: flags.size }),
    });
  },
});

function checkType(type: string | undefined): void {
  if (type === undefined || Object.hasOwn(kinds, type)) return;
  const known = `must be one of "${Object.keys(kinds).join('", "')}"`;
  const message = type === "" ? `type is empty: ${known}` : `unknown type: ${quote(type)}: ${known}`;
  throw new TdockError("invalid-argument", message);
}

/** The first object of that name among the kinds. Throws `not-found`. */
async function findAny(
  cli: Cli,
  wanted: readonly string[],
  { name, size }: { name: string; size: boolean },
): Promise<unknown> {
  for (const kind of wanted) {
    try {
      const found = await kinds[kind]?.(cli, name, size);
      if (size && kind !== "container") cli.err.print(`WARNING: --size ignored for ${kind}s\n`);
      return found;
    } catch (thrown) {
      const isAbsent = isError(thrown, "not-found") || isError(thrown, "invalid-argument");
      if (wanted.length === 1 || !isAbsent) throw thrown;
    }
  }
  throw new TdockError("not-found", `Error: No such object: ${name}`);
}

export const containerInspectCommand = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    size: bool("Display total file sizes", { short: "s" }),
  },
  run: (cli, { flags, args }) =>
    printInspected(cli, {
      names: args,
      format: flags.format,
      find: (name) => finders.container(cli, name, flags.size),
    }),
});

export const imageInspectCommand = defineCommand({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    platform: text('Inspect the image of this platform, such as "linux/arm64/v8"'),
  },
  run: (cli, { flags, args }) => {
    const platform = flags.platform && platformJson(flags.platform);
    return printInspected(cli, {
      names: args,
      format: flags.format,
      find: (name) => call(cli.client, imageInspect, { name, platform }),
    });
  },
});

export const volumeInspectCommand = defineCommand({
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  operands: atLeastOne,
  flags: { format: text(inspectFormatUsage, { short: "f" }) },
  run: (cli, { flags, args }) =>
    printInspected(cli, { names: args, format: flags.format, find: (name) => finders.volume(cli, name) }),
});
