import { join } from "node:path";
import { imageInspect, imageRemove, imageSave } from "@tdock/api/images";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import type { BuildResult } from "../commands/build.ts";
import { push } from "../commands/push.ts";
import { parseArguments } from "../flags/parse-arguments.ts";
import { saveStream } from "../terminal/save-stream.ts";
import { type OutputRequest, pathOf } from "./output-requests.ts";
import { saveRootTo, unpackRootTo } from "./root-output.ts";

/**
 * Sends the result where it is wanted. The image itself is in the engine already. Gives the result with the digest that
 * it has now: a push compresses its layers.
 */
export async function sendOutputs(
  cli: Cli,
  outputs: readonly OutputRequest[],
  result: BuildResult,
): Promise<BuildResult> {
  try {
    for (const output of outputs) await sendOutput(cli, output, result);
  } finally {
    if (outputs.length > 0 && outputs.every(isElsewhere)) await forget(cli, result);
  }
  if (!outputs.some(({ type }) => type === "registry")) return result;
  const { Descriptor } = await call(cli.client, imageInspect, { name: result.names[0] ?? result.id });
  return { ...result, digest: Descriptor?.digest ?? result.digest };
}

function isElsewhere(output: OutputRequest): boolean {
  return "dest" in output && output.dest !== undefined;
}

/** An image that was made for nothing but its outputs would be one without a name here, for nobody. */
async function forget(cli: Cli, { digest, isNew }: BuildResult): Promise<void> {
  if (isNew !== true) return;
  await call(cli.client, imageRemove, { name: digest }).catch(() => undefined); // somebody may use it already
}

async function sendOutput(cli: Cli, output: OutputRequest, result: BuildResult): Promise<void> {
  switch (output.type) {
    case "image":
      return;
    case "docker":
    case "oci":
      return output.dest === undefined ? undefined : saveImageTo(cli, result, output.dest);
    case "registry":
      return pushNames(cli, result);
    case "local":
      return unpackRoots(cli, result, output.dest);
    case "tar":
      return saveRootTo(cli, result, pathOf(output.dest));
  }
}

/** Of several platforms, each has a folder of its own, named as BuildKit does. */
async function unpackRoots(cli: Cli, { id, platforms }: BuildResult, folder: string): Promise<void> {
  if (platforms === undefined) return unpackRootTo(cli, { id }, folder);
  for (const platform of platforms) {
    await unpackRootTo(cli, { id, platform }, join(folder, platform.replaceAll("/", "_")));
  }
}

/** The archive is Docker's and an OCI layout at once. */
async function saveImageTo(cli: Cli, { id, names }: BuildResult, dest: string): Promise<void> {
  const archive = await openStream(cli.client, imageSave, { names: names.length > 0 ? names : [id] });
  await saveStream(archive, pathOf(dest));
}

/** Standard output is for the image's ID: what a push tells goes where the build's progress went. */
async function pushNames(cli: Cli, { names }: BuildResult): Promise<void> {
  for (const name of names) {
    const { flags, given, operands } = parseArguments(push.flags, [name], { stopAtOperand: false });
    await push.run({ ...cli, out: cli.err }, { flags, given, args: operands });
  }
}
