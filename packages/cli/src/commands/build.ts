import { writeFileSync } from "node:fs";
import { imageBuild } from "@tdock/api/build";
import type { BuildEvent } from "@tdock/api/build-event";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { TdockError } from "@tdock/errors/error";
import { additionalFolders } from "../build/additional-contexts.ts";
import { ForwardedAgents, readAgents } from "../build/agents.ts";
import { createView } from "../build/create-view.ts";
import { openFailedShell, reportFailure } from "../build/failed-step.ts";
import { type FoundContext, findContext } from "../build/find-context.ts";
import { buildFlags } from "../build/flags.ts";
import { loadLayouts } from "../build/oci-layouts.ts";
import { type OutputRequest, readOutputs } from "../build/output-requests.ts";
import { prepare } from "../build/prepare.ts";
import { buildQuery, isCheck } from "../build/query.ts";
import { refuseMissing } from "../build/refuse-missing.ts";
import { readSecrets } from "../build/secrets.ts";
import { sentContext } from "../build/sent-context.ts";
import type { Cli } from "../cli.ts";
import { openStream } from "../client/stream.ts";
import { type Call, defineCommand, exactly } from "../command.ts";
import { allCredentials } from "../credentials.ts";
import { proxyVariables } from "../proxy-variables.ts";
import { silentPrinter } from "../terminal/printer.ts";

export type BuildCall = Call<typeof buildFlags>;

export const build = defineCommand({
  usage: "[OPTIONS] PATH | URL | -",
  operands: exactly(1),
  flags: buildFlags,
  async run(cli, buildCall) {
    refuseMissing(buildCall.flags);
    const outputs = await readOutputs(buildCall.flags);
    const context = await findContext(buildCall.args[0] ?? "", buildCall.flags.file);
    const outcome = await runBuild(cli, buildCall, { context, outputs });
    if (outcome.result === undefined) {
      if (outcome.failure === undefined && isCheck(buildCall.flags)) return 0;
      reportFailure(cli, outcome);
      if (buildCall.flags["shell-on-fail"]) await openFailedShell(cli, outcome);
      return 1;
    }
    const quietly = buildCall.flags.quiet ? { ...cli, err: silentPrinter } : cli;
    const result = await sendAll(quietly, outputs, outcome.result);
    writeResultFiles(buildCall.flags, result);
    if (buildCall.flags.quiet) cli.out.print(`${outcome.result.id}\n`);
    return 0;
  },
});

/** What sends outputs is loaded only when there are some: hardly a build has any. */
async function sendAll(cli: Cli, outputs: readonly OutputRequest[], result: BuildResult): Promise<BuildResult> {
  if (outputs.length === 0) return result;
  const { sendOutputs } = await import("../build/outputs.ts");
  return sendOutputs(cli, outputs, result);
}

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

interface BuildEnds {
  readonly context: FoundContext;
  readonly outputs: readonly OutputRequest[];
}

async function runBuild(cli: Cli, { flags: given }: BuildCall, { context, outputs }: BuildEnds): Promise<BuildOutcome> {
  await using layouts = await loadLayouts(cli, given["build-context"]);
  const flags = { ...given, "build-context": [...layouts.pairs] };
  using view = createView(cli, flags);
  const folders = await additionalFolders(flags["build-context"]);
  const secrets = readSecrets(flags.secret, cli.env);
  const agents = readAgents(flags.ssh, cli.env);
  const { id, body } = await prepare(cli, { context, folders, secrets, agents: [...agents.keys()] });
  using _forwarded = new ForwardedAgents(cli.client, id, agents);
  const auths = await allCredentials(cli.config);
  const stream = await openStream(cli.client, imageBuild, {
    ...buildQuery(flags, cli.env, proxyVariables(cli)),
    t: [...flags.tag, ...outputs.flatMap(({ names }) => names)],
    dockerfile: context.dockerfile,
    dockerfilename: context.kind === "folder" ? context.dockerfileName : undefined,
    remote: context.kind === "remote" ? context.url : undefined,
    context: id,
    buildid: crypto.randomUUID(),
    version: "tdock",
    locked: flags.locked ? await lockOf(context) : undefined,
    registryConfig: Buffer.from(JSON.stringify(auths)).toString("base64url"),
    body: sentContext(body, view),
  });
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
  if (context.kind === "folder") {
    const { requireLock } = await import("../lock-file.ts");
    return Object.fromEntries(await requireLock(context.folder));
  }
  throw new TdockError("invalid-argument", "--locked follows tdock.lock of the context: it has to be a folder");
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
