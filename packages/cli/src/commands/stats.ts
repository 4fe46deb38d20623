import { containerList, containerStats } from "@tdock/api/containers";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { type EventMessage, systemEvents } from "@tdock/api/system";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import { any, defineCommand } from "../command.ts";
import { bool, text } from "../flags/flag.ts";
import { compileTemplate } from "../terminal/template/template.ts";
import type { Dot } from "../terminal/template/value.ts";
import { formatUsage, renderListing } from "./listing.ts";
import { emptyRow, type StatsSample, statsRow, statsTitles } from "./stats-row.ts";

const table =
  "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";
const frameMs = 500;

export const stats = defineCommand({
  usage: "[OPTIONS] [CONTAINER...]",
  operands: any,
  flags: {
    all: bool("Show all containers (default shows just running)", { short: "a" }),
    format: text(formatUsage),
    "no-stream": bool("Disable streaming stats and only pull the first result"),
    "no-trunc": bool("Do not truncate output"),
  },
  async run(cli, { flags, args }) {
    const named = flags.format ?? cli.config.statsFormat;
    const format = named === undefined || named === "" || named === "table" ? table : named;
    if (!format.startsWith("table") && format !== "json") compileTemplate(format);
    const board = new StatsBoard(cli, { stream: !flags["no-stream"], trunc: !flags["no-trunc"] });
    const show = () => renderListing({ format, titles: statsTitles, rows: board.rows() });
    // Before the list is asked for: what starts meanwhile is not missed.
    const isFollowing = args.length === 0 && !flags["no-stream"];
    const events = isFollowing ? await openStream(cli.client, systemEvents, { filters: containers }) : undefined;
    const isComplete = await watchAll(cli, board, args.length > 0 ? args : await listContainers(cli, flags.all));
    if (args.length > 0 && !isComplete) return 1;
    if (flags["no-stream"]) {
      cli.out.print(show());
      return 0;
    }
    const frames = showFrames(cli, { format, show, isOver: () => !isFollowing && board.rows().length === 0 });
    return Promise.race([frames, board.failure, ...(events ? [followContainers(events, board, flags.all)] : [])]);
  },
});

const containers = { type: ["container"] };

/** Begins to watch all of them, and says which cannot be. */
async function watchAll({ err }: Cli, board: StatsBoard, names: readonly string[]): Promise<boolean> {
  const results = await Promise.allSettled(names.map((name) => board.watch(name)));
  const failed = results.filter((one) => one.status === "rejected");
  for (const { reason } of failed) err.print(`${(reason as Error).message}\n`);
  return failed.length === 0;
}

async function listContainers(cli: Cli, all: boolean): Promise<string[]> {
  const containers = await call(cli.client, containerList, { all });
  return containers.map(({ Id = "" }) => Id);
}

interface Watched {
  /** What its latest sample said. */
  row: Dot;
  readonly stop: AbortController;
}

/** The latest row of each container that is watched. */
class StatsBoard {
  readonly #cli: Cli;
  readonly #options: { readonly stream: boolean; readonly trunc: boolean };
  readonly #watched = new Map<string, Watched>();
  readonly #failure = Promise.withResolvers<never>();

  constructor(cli: Cli, options: { readonly stream: boolean; readonly trunc: boolean }) {
    this.#cli = cli;
    this.#options = options;
    // Nobody may be listening yet when the engine goes away.
    this.failure.catch(() => {});
  }

  /** Rejects when samples break off that should go on. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  rows(): readonly Dot[] {
    return [...this.#watched.values()].map(({ row }) => row);
  }

  /** Resolves with the first sample; goes on until the container is gone or forgotten. Throws what the engine says. */
  async watch(name: string): Promise<void> {
    if (this.#watched.has(name)) return;
    const watched: Watched = { row: emptyRow(name), stop: new AbortController() };
    // Rows stand in the order of the calls, whoever is answered first.
    this.#watched.set(name, watched);
    const { stream: isStream } = this.#options;
    const { signal } = watched.stop;
    try {
      const stream = await openStream(this.#cli.client, containerStats, { id: name, stream: isStream }, { signal });
      const samples = decodeJsonLines<StatsSample>(stream);
      const first = await samples.next();
      if (first.done) return;
      watched.row = statsRow(name, first.value, this.#options);
      if (isStream) {
        this.#follow(name, watched, samples).catch((thrown) => signal.aborted || this.#failure.reject(thrown));
      }
    } catch (thrown) {
      this.#drop(name, watched);
      throw thrown;
    }
  }

  forget(name: string): void {
    this.#watched.get(name)?.stop.abort();
    this.#watched.delete(name);
  }

  async #follow(name: string, watched: Watched, samples: AsyncIterable<StatsSample>): Promise<void> {
    for await (const sample of samples) watched.row = statsRow(name, sample, this.#options);
    this.#drop(name, watched);
  }

  /** Nothing more comes of this one; it may be watched anew already. */
  #drop(name: string, watched: Watched): void {
    if (this.#watched.get(name) === watched) this.#watched.delete(name);
  }
}

/**
 * Containers that start are shown from then on; those that end no longer, unless all are wanted. Ends only with the
 * engine: throws `unavailable`.
 */
async function followContainers(events: AsyncIterable<Uint8Array>, board: StatsBoard, all: boolean): Promise<never> {
  for await (const { Action, Actor } of decodeJsonLines<EventMessage>(events)) {
    const id = Actor?.ID ?? "";
    if (Action === "start" || (all && Action === "create")) board.watch(id).catch(() => {});
    if (Action === "destroy" || (!all && Action === "die")) board.forget(id);
  }
  throw new TdockError("unavailable", "the daemon ended the stream of events");
}

interface Frames {
  readonly format: string;
  readonly show: () => string;
  readonly isOver: () => boolean;
}

/** Draws the listing over and over. */
async function showFrames(cli: Cli, { format, show, isOver }: Frames): Promise<number> {
  while (!isOver()) {
    drawFrame(cli, show(), format);
    await new Promise((resolve) => setTimeout(resolve, frameMs));
  }
  return 0;
}

/** On a terminal in the place of the frame before; line by line, so that nothing flickers. */
function drawFrame(cli: Cli, frame: string, format: string): void {
  if (cli.out.isTerminal && format.startsWith("table")) {
    cli.out.printRaw(`\x1b[H${frame.replaceAll("\n", "\x1b[K\n")}\x1b[J`);
  } else {
    cli.out.print(frame);
  }
}
