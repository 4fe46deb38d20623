import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../eventually.ts";
import { type Outcome, type ProgramOptions, runProgram } from "../program.ts";
import { type ApiAnswer, ApiClient } from "./api-client.ts";
import { endInstance } from "./end-instance.ts";
import { type Layout, layoutFlags, newLayout } from "./layout.ts";
import { programs } from "./programs.ts";

/** How an instance is to run beside what its layout says. */
export interface TdockdOptions {
  /** Added to the command line. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly layout?: Layout;
  /** A program and its first arguments that runs the server in its own place, for instance in namespaces of its own. */
  readonly within?: readonly string[];
}

/**
 * The assembled tdockd with folders, socket, bridge, cgroups and firewall table of its own.
 * Disposing of it ends all that it made: containers, shims, containerd, keeper, links, mounts, folders.
 */
export class Tdockd implements AsyncDisposable {
  readonly layout: Layout;
  readonly #options: TdockdOptions;
  #child: ChildProcess | undefined;
  #client: ApiClient;

  constructor(options: TdockdOptions = {}) {
    this.#options = options;
    this.layout = options.layout ?? newLayout();
    this.#client = new ApiClient(this.layout.socket);
  }

  /** The server's process. Throws when it does not run. */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error("tdockd does not run");
    return this.#child.pid;
  }

  /**
   * Starts the server, for the first time or again, and waits until it answers; `program` is a copy of it at another
   * place. Throws with its log if it exits.
   */
  async start(program: string = programs.tdockd): Promise<this> {
    const { root } = this.layout;
    await mkdir(root, { recursive: true });
    await using log = await open(this.#logFile, "a");
    const { within = [], flags = [] } = this.#options;
    const [command = "", ...args] = [...within, program, ...layoutFlags(this.layout), ...flags];
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", log.fd, log.fd],
      env: { ...withoutProxies(process.env), ...this.#options.env },
    });
    await once(child, "spawn");
    this.#child = child;
    await Promise.race([eventually(() => this.#answers(), 30_000), this.#exit(child)]);
    return this;
  }

  /** Ends the server alone with `signal` and waits until it is gone. Containers are not its business. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  /** Runs the command line against this server. */
  async tdock(args: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
    return await runProgram(programs.tdock, args, { ...options, env: { ...this.clientEnv, ...options.env } });
  }

  /** Runs the command line, which must exit 0, and gives its stdout without the final newline. */
  async mustTdock(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
    const { stdout, stderr, exitCode } = await this.tdock(args, options);
    if (exitCode !== 0) throw new Error(`tdock ${args.join(" ")} exited ${exitCode}: ${stderr}`);
    return stdout.replace(/\n$/, "");
  }

  /** Calls the API, as curl on the socket would. */
  api(...call: Parameters<ApiClient["call"]>): Promise<ApiAnswer> {
    return this.#client.call(...call);
  }

  /** As `api`, for answers that do not end: gives the response once its head is there. */
  apiStream(...call: Parameters<ApiClient["stream"]>): ReturnType<ApiClient["stream"]> {
    return this.#client.stream(...call);
  }

  /** The environment that points a client, Docker's own too, at this server; its home is empty. */
  get clientEnv(): Record<string, string> {
    return { DOCKER_HOST: `unix://${this.layout.socket}`, HOME: this.layout.root };
  }

  /** What the server has logged so far. */
  async log(): Promise<string> {
    return await readFile(this.#logFile, "utf8");
  }

  /** Closes the connections of `api`, so that they do not count as resources of the server. */
  async closeConnections(): Promise<void> {
    await this.#client.close();
    this.#client = new ApiClient(this.layout.socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    this.#child = undefined;
    await endInstance(this.layout);
  }

  get #logFile(): string {
    return join(this.layout.root, "tdockd.log");
  }

  async #answers(): Promise<void> {
    const { status } = await this.api("GET", "/_ping");
    if (status !== 200) throw new Error(`/_ping answered ${status}`);
  }

  /** Rejects when the server ends by itself before it answers. */
  async #exit(child: ChildProcess): Promise<never> {
    const [code, signal] = await once(child, "exit");
    throw new Error(`tdockd exited with ${code ?? signal}: ${(await this.log()).slice(-4000)}`);
  }
}

/** A tdockd that answers. Use with `await using`. */
export async function startTdockd(options: TdockdOptions = {}): Promise<Tdockd> {
  const tdockd = new Tdockd(options);
  try {
    return await tdockd.start();
  } catch (error) {
    await tdockd[Symbol.asyncDispose]();
    throw error;
  }
}

/** Whatever this machine reaches others through: what tests ask is here. */
function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(https?|no)_proxy$/i.test(name)));
}
