import { type ContainerCreateBody, containerCreate, containerRemove } from "@tdock/api/containers";
import { isError, TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { bool, text } from "../flags/flag.ts";
import { familiarReference, requireReference, withDefaultTag } from "../flags/reference.ts";
import { writeIdFile } from "./id-file.ts";

/** The flags of `run` and `create` that are not about the container itself. */
export const createFlags = {
  locked: bool("Use the image that tdock.lock records for the tag, and no other"),
  name: text("Assign a name to the container"),
  platform: text("Set platform if server is multi-platform capable"),
  pull: text('Pull image before creating ("always", "missing", "never")', { shownDefault: '"missing"' }),
  quiet: bool("Suppress the pull output", { short: "q" }),
  replace: bool("If a container with the same name exists, remove it first"),
  "use-api-socket": bool("Bind mount Docker API socket and required auth"),
  "disable-content-trust": bool("Skip image verification (deprecated)", { initial: true, hidden: true }),
};

export interface CreateOptions {
  readonly body: ContainerCreateBody;
  readonly locked: boolean;
  readonly name: string | undefined;
  readonly platform: string | undefined;
  readonly pull: string | undefined;
  readonly quiet: boolean;
  readonly replace: boolean;
  readonly "use-api-socket": boolean;
}

interface Creation extends CreateOptions {
  /** As the user named it. */
  readonly image: string;
  /** What its tag is locked to. */
  readonly digest: string | undefined;
}

/**
 * Creates a container, pulling its image when it is missing or when that was asked for. Prints the engine's
 * warnings. Gives the id. Throws `invalid-argument` for flags, and what the engine says.
 */
export async function createContainer(cli: Cli, options: CreateOptions): Promise<string> {
  const { pull = "missing" } = options;
  if (!["always", "missing", "never", ""].includes(pull)) {
    throw new TdockError(
      "invalid-argument",
      `invalid pull option: '${pull}': must be one of "always", "missing" or "never"`,
    );
  }
  const image = options.body.Image ?? "";
  const digest = options.locked ? await digestOfLock(image) : undefined;
  const body = digest === undefined ? options.body : lockImage(options.body, digest);
  using idFile = writeIdFile(body.HostConfig?.ContainerIDFile ?? undefined);
  const platform = options.platform ?? (cli.env.DOCKER_DEFAULT_PLATFORM || undefined);
  const creation = { ...options, body, platform, pull, image, digest };
  if (pull === "always") await pullFirst(cli, creation);
  if (options.replace) await removeNamesake(cli, options.name);
  const { Id, Warnings } = options["use-api-socket"]
    ? await createWithSocket(cli, creation)
    : await createOrPull(cli, creation);
  for (const warning of Warnings ?? []) cli.err.print(`WARNING: ${warning}\n`);
  idFile.write(Id);
  return Id;
}

async function digestOfLock(image: string): Promise<string | undefined> {
  const { lockedDigest } = await import("../lock-file.ts");
  return lockedDigest(".", image);
}

/** Names the image by its digest too: whatever its tag stands for here, no other is taken. */
function lockImage(body: ContainerCreateBody, digest: string): ContainerCreateBody {
  return { ...body, Image: `${familiarReference(withDefaultTag(requireReference(body.Image ?? "")))}@${digest}` };
}

/** Without the credentials that it was to have, the container is of no use. */
async function createWithSocket(cli: Cli, creation: Creation) {
  const { giveConfigFile, withApiSocket } = await import("./api-socket.ts");
  const { body, configFile } = await withApiSocket(cli, creation.body);
  const created = await createOrPull(cli, { ...creation, body });
  if (configFile === undefined) return created;
  try {
    await giveConfigFile(cli, created.Id, configFile);
  } catch (thrown) {
    await call(cli.client, containerRemove, { id: created.Id, force: true, v: true });
    throw thrown;
  }
  return created;
}

async function createOrPull(cli: Cli, options: Creation) {
  const { body, name, platform } = options;
  const create = () => call(cli.client, containerCreate, { body, name: name || undefined, platform });
  try {
    return await create();
  } catch (thrown) {
    if (!isError(thrown, "not-found") || options.pull !== "missing") throw thrown;
    const shown = familiarReference(withDefaultTag(requireReference(body.Image ?? "")));
    if (!options.quiet) cli.err.print(`Unable to find image '${shown}' locally\n`);
    await pullFirst(cli, options);
    return create();
  }
}

/** Loaded only where an image is missing: its parts, such as those for credentials, would slow every start. */
async function pullFirst(cli: Cli, options: Creation): Promise<void> {
  const { pullImage } = await import("./pull-image.ts");
  await pullImage(cli, { ...options, locked: options.digest });
}

/** Throws `invalid-argument` without a name: nothing would be replaced. */
async function removeNamesake(cli: Cli, name: string | undefined): Promise<void> {
  if (!name) throw new TdockError("invalid-argument", "cannot replace a container without --name");
  try {
    await call(cli.client, containerRemove, { id: name, force: true });
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
  }
}
