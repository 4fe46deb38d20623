import { imageInspect, imageSave } from "@tdock/api/images";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import type { BuildResult } from "../commands/build.ts";
import { push } from "../commands/push.ts";
import { parseCsvLine } from "../flags/csv.ts";
import type { FlagValues } from "../flags/flag.ts";
import { splitPair } from "../flags/pairs.ts";
import { parseArguments } from "../flags/parse-arguments.ts";
import type { buildFlags } from "./flags.ts";
import { saveRootTo, unpackRootTo, writeArchive } from "./root-output.ts";

interface OutputRequest {
  readonly type: string;
  readonly dest: string;
}

/**
 * Sends the result where `-o` and `--push` want it. The image itself is in the engine already. Gives the result with
 * the digest that it has now: a push compresses its layers.
 */
export async function sendOutputs(
  cli: Cli,
  flags: FlagValues<typeof buildFlags>,
  result: BuildResult,
): Promise<BuildResult> {
  const outputs = flags.output.map(parseOutput);
  for (const output of outputs) await sendOutput(cli, output, result);
  if (flags.push) await pushNames(cli, result);
  if (!flags.push && !outputs.some(({ type }) => type === "registry")) return result;
  const { Descriptor } = await call(cli.client, imageInspect, { name: result.names[0] ?? result.id });
  return { ...result, digest: Descriptor?.digest ?? result.digest };
}

/** `type=local,dest=PATH`, or a path alone, which is a folder; `-` is a tar archive on standard output. */
function parseOutput(text: string): OutputRequest {
  const fields = parseCsvLine(text).map((field) => splitPair(field));
  const [[only = "", value] = []] = fields;
  if (fields.length === 1 && value === undefined)
    return only === "-" ? { type: "tar", dest: "-" } : { type: "local", dest: only };
  const map = new Map(fields.map(([name, field]) => [name, field ?? ""]));
  const type = map.get("type") ?? "";
  const dest = map.get("dest") ?? map.get("destination") ?? "";
  return { type, dest };
}

async function sendOutput(cli: Cli, { type, dest }: OutputRequest, result: BuildResult): Promise<void> {
  switch (type) {
    case "image":
      return;
    case "docker":
      return dest === "" ? undefined : saveImageTo(cli, result, dest);
    case "oci":
      return saveImageTo(cli, result, needed(type, dest));
    case "registry":
      return pushNames(cli, result);
    case "local":
      return unpackRootTo(cli, result.id, needed(type, dest));
    case "tar":
      return saveRootTo(cli, result.id, needed(type, dest));
    default:
      throw unknownOutput(type);
  }
}

function needed(type: string, dest: string): string {
  if (dest !== "") return dest;
  throw new TdockError("invalid-argument", `--output type=${type}: dest is required`);
}

function unknownOutput(type: string): TdockError {
  return new TdockError("invalid-argument", `--output: unknown type ${JSON.stringify(type)}`);
}

/** The archive is Docker's and an OCI layout at once. */
async function saveImageTo(cli: Cli, { id, names }: BuildResult, path: string): Promise<void> {
  const archive = await openStream(cli.client, imageSave, { names: names.length > 0 ? names : [id] });
  await writeArchive(archive, path);
}

async function pushNames(cli: Cli, { names }: BuildResult): Promise<void> {
  if (names.length === 0)
    throw new TdockError("invalid-argument", "--push: the image has no name: give one with --tag");
  for (const name of names) {
    const { flags, given, operands } = parseArguments(push.flags, [name], { stopAtOperand: false });
    await push.run(cli, { flags, given, args: operands });
  }
}
