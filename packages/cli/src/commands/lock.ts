import { distributionInspect } from "@tdock/api/registry";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { any, defineCommand } from "../command.ts";
import { registryAuthFor } from "../credentials.ts";
import { text } from "../flags/flag.ts";
import { lockedName, readLock, requireLock, shownName, writeLock } from "../lock-file.ts";

/** `lock`: records what tags stand for in their registries now; without operands, of all tags that were recorded. */
export const lock = defineCommand({
  usage: "[OPTIONS] [IMAGE...]",
  operands: any,
  flags: { folder: text("Folder of tdock.lock, such as a build context (default: the current one)") },
  async run(cli, { flags, args }) {
    const folder = flags.folder ?? ".";
    const before = args.length === 0 ? await requireLock(folder) : ((await readLock(folder)) ?? new Map());
    const names = args.length === 0 ? [...before.keys()] : args.map(requireTag);
    const found = await Promise.all(names.map(async (name) => [name, await digestOf(cli, name)] as const));
    writeLock(folder, new Map([...before, ...found]));
    for (const [name, digest] of found) cli.out.print(`${rowText(name, before.get(name), digest)}\n`);
    return 0;
  },
});

function requireTag(image: string): string {
  const name = lockedName(image);
  if (name !== undefined) return name;
  throw new TdockError("invalid-argument", `${image} is a digest already: only a tag is locked to one`);
}

async function digestOf(cli: Cli, name: string): Promise<string> {
  const registryAuth = await registryAuthFor(cli, name);
  const { Descriptor } = await call(cli.client, distributionInspect, { name, registryAuth });
  return Descriptor.digest ?? "";
}

function rowText(name: string, before: string | undefined, digest: string): string {
  const change = before === undefined ? "new" : before === digest ? "unchanged" : `was ${before}`;
  return `${shownName(name)} ${digest} (${change})`;
}
