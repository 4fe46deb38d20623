import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { buildPrepare, contextList, imageBuild } from "@tdock/api/build";
import type { BuildEvent } from "@tdock/api/build-event";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { TdockError } from "@tdock/errors/error";
import { createView } from "../build/create-view.ts";
import { openFailedShell, reportFailure } from "../build/failed-step.ts";
import { type FoundContext, findContext } from "../build/find-context.ts";
import { buildFlags } from "../build/flags.ts";
import { sendOutputs } from "../build/outputs.ts";
import { buildQuery } from "../build/query.ts";
import { refuseMissing } from "../build/refuse-missing.ts";
import { readSecrets } from "../build/secrets.ts";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import { type Call, defineCommand, exactly } from "../command.ts";
import { readConfigFile } from "../config-file.ts";
import type { ListedFolder } from "../context/list-folder.ts";
import { allCredentials } from "../credentials.ts";
import { requireLock } from "../lock-file.ts";
import { proxyVariables } from "../proxy-variables.ts";

export type BuildCall = Call<typeof buildFlags>;

export const build = defineCommand({
  usage: "[OPTIONS] PATH | URL | -",
  operands: exactly(1),
  flags: buildFlags,
  async run(cli, buildCall) {
    refuseMissing(buildCall.flags);
    const context = await findContext(buildCall.args[0] ?? "", buildCall.flags.file);
    const outcome = await runBuild(cli, buildCall, context);
    if (outcome.result === undefined) {
      if (outcome.failure === undefined) return 0; // --check
      reportFailure(cli, outcome);
      if (buildCall.flags["shell-on-fail"]) await openFailedShell(cli, outcome);
      return 1;
    }
    const result = await sendOutputs(cli, buildCall.flags, outcome.result);
    writeResultFiles(buildCall.flags, result);
    if (buildCall.flags.quiet) cli.out.print(`${outcome.result.id}\n`);
    return 0;
  },
});

export type BuildResult = Extract<BuildEvent, { kind: "result" }>;

/** How a build ended, with what is needed to say why it failed. */
export interface BuildOutcome {
  readonly result: BuildResult | undefined;
  readonly failure: string | undefined;
  /** The vertex that failed, and what was kept of it. */
  readonly failed: Extract<BuildEvent, { kind: "end" }> | undefined;
  readonly kept: Extract<BuildEvent, { kind: "failed-step" }> | undefined;
  readonly title: string;
  readonly tail: readonly string[];
}

interface Message {
  readonly id?: string;
  readonly aux?: BuildEvent;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

async function runBuild(cli: Cli, { flags }: BuildCall, context: FoundContext): Promise<BuildOutcome> {
  const listed = context.kind === "folder" ? context.listed : undefined;
  const { id, missing } = await prepare(cli, { flags, context });
  const auths = await allCredentials(readConfigFile(cli));
  const stream = await openStream(cli.client, imageBuild, {
    ...buildQuery(flags, cli.env, proxyVariables(cli)),
    dockerfile: context.dockerfile,
    remote: context.kind === "remote" ? context.url : undefined,
    context: id,
    buildid: randomUUID(),
    version: "tdock",
    locked: flags.locked ? await lockOf(context) : undefined,
    registryConfig: Buffer.from(JSON.stringify(auths)).toString("base64url"),
    body: context.kind === "stdin" ? context.body : await missingFiles(listed, missing),
  });
  using view = createView(cli, flags);
  const watch = new OutcomeWatch();
  for await (const { aux, error, errorDetail } of decodeJsonLines<Message>(stream)) {
    if (error !== undefined) return watch.outcome(errorDetail?.message ?? error);
    if (aux === undefined) continue;
    watch.see(aux);
    view.show(aux);
  }
  return watch.outcome(undefined);
}

async function lockOf(context: FoundContext): Promise<Readonly<Record<string, string>>> {
  if (context.kind === "folder") return Object.fromEntries(await requireLock(context.folder));
  throw new TdockError("invalid-argument", "--locked follows tdock.lock of the context: it has to be a folder");
}

interface Prepared {
  readonly id: string;
  readonly missing: readonly number[];
}

/** Tells the engine what there is to build from, and learns what it lacks. */
async function prepare(
  cli: Cli,
  { flags, context }: Pick<BuildCall, "flags"> & { context: FoundContext },
): Promise<Prepared> {
  const secrets = readSecrets(flags.secret, cli.env);
  if (context.kind !== "folder") {
    const { id } = await call(cli.client, buildPrepare, { body: { secrets } });
    return { id, missing: [] };
  }
  const { name, listed } = context;
  const { digest, listedAt, text } = listed;
  const body = { context: { name, digest, listedAt }, secrets };
  const { id, wantsListing } = await call(cli.client, buildPrepare, { body });
  if (!wantsListing) return { id, missing: [] };
  const { missing } = await call(cli.client, contextList, { id, body: bytesBody(text) });
  return { id, missing };
}

/** What packs files is loaded only when there are some: most builds send nothing. */
async function missingFiles(listed: ListedFolder | undefined, missing: readonly number[]) {
  if (listed === undefined || missing.length === 0) return bytesBody(Buffer.alloc(0));
  return (await import("../context/pack-files.ts")).packFiles(listed, missing);
}

async function* bytesBody(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

const tailLines = 20;

/** Remembers of the events what is told when all is over. */
class OutcomeWatch {
  private readonly titles = new Map<number, string>();
  private readonly output = new Map<number, string>();
  private result: BuildResult | undefined;
  private failed: BuildOutcome["failed"];
  private kept: BuildOutcome["kept"];

  see(event: BuildEvent): void {
    switch (event.kind) {
      case "begin":
        this.titles.set(event.vertex, event.title);
        return;
      case "log": {
        const text = (this.output.get(event.vertex) ?? "") + Buffer.from(event.data, "base64").toString();
        this.output.set(event.vertex, text.slice(-16_384));
        return;
      }
      case "end":
        if (event.outcome === "failed") this.failed ??= event;
        this.output.delete(event.outcome === "done" ? event.vertex : -1);
        return;
      case "failed-step":
        this.kept = event;
        return;
      case "result":
        this.result = event;
    }
  }

  outcome(failure: string | undefined): BuildOutcome {
    const vertex = this.failed?.vertex ?? 0;
    const lines = (this.output.get(vertex) ?? "").trimEnd().split("\n").slice(-tailLines);
    const { result, failed, kept } = this;
    const title = this.titles.get(vertex) ?? "";
    return { result: failure === undefined ? result : undefined, failure, failed, kept, title, tail: lines };
  }
}

function writeResultFiles(flags: BuildCall["flags"], result: BuildResult): void {
  if (flags.iidfile) writeFile(flags.iidfile, result.id);
  if (!flags["metadata-file"]) return;
  const metadata = {
    "containerimage.config.digest": result.id,
    "containerimage.digest": result.digest,
    ...(result.names.length > 0 && { "image.name": result.names.join(",") }),
  };
  writeFile(flags["metadata-file"], `${JSON.stringify(metadata, null, 2)}\n`);
}

function writeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new TdockError("invalid-argument", `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
