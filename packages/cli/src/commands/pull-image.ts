import { imagePull } from "@tdock/api/images";
import { decodeJsonLines } from "@tdock/api/json-lines";
import type { Cli } from "../cli.ts";
import { openStream } from "../client/stream.ts";
import { registryAuthFor } from "../credentials.ts";
import { parseReference, withDefaultTag } from "../flags/reference.ts";
import { type JsonMessage, showProgress } from "../terminal/json-progress.ts";
import { type Printer, silentPrinter } from "../terminal/printer.ts";

export interface PullOptions {
  readonly image: string;
  readonly platform: string | undefined;
  readonly quiet: boolean;
  /** The digest that the tag has to have. */
  readonly locked?: string | undefined;
  /** Whether layers are kept only unpacked; the engine's setting when undefined. */
  readonly discard?: boolean | undefined;
  /** Whether what is here already is read through first. */
  readonly verify?: boolean;
  /** Every tag of the repository. */
  readonly allTags?: boolean;
  /** Where progress goes; standard error when absent, as for `run`. */
  readonly printer?: Printer;
}

/** Pulls an image and shows how it goes. Throws what the engine says. */
export async function pullImage(
  cli: Cli,
  { image, platform, quiet, locked, discard, verify, allTags, printer = cli.err }: PullOptions,
): Promise<void> {
  const { name, tag } = splitForPull(image);
  const stream = await openStream(cli.client, imagePull, {
    fromImage: name,
    tag: allTags ? undefined : tag,
    platform,
    locked,
    discard,
    verify,
    registryAuth: await registryAuthFor(cli, image),
  });
  const messages = decodeJsonLines<JsonMessage>(stream);
  await showProgress(quiet ? silentPrinter : printer, messages);
}

/** Name and tag or digest as the engine wants them; what is no reference is left for the engine to refuse. */
function splitForPull(image: string): { name: string; tag: string | undefined } {
  const reference = parseReference(image);
  if (reference === undefined) return { name: image, tag: undefined };
  const { tag, digest } = withDefaultTag(reference);
  const suffix =
    digest === undefined ? (reference.tag === undefined ? "" : `:${reference.tag}`) : image.slice(image.indexOf("@"));
  const name = image.slice(0, image.length - suffix.length);
  return { name, tag: digest ?? tag };
}
