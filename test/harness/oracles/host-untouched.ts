import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { mustRun, runProgram } from "../program.ts";
import { shortName, testRoot } from "../scratch.ts";
import { changeMark, fingerprint } from "./fingerprint.ts";

/** Folders of the host in which canaries stand. */
const canaryFolders = ["/root", "/etc", "/usr/local", "/var/lib", testRoot];

/** Folders in which nothing at all may change while a suite runs. */
const watchedFolders = [
  "/etc",
  "/usr/local",
  "/usr/bin",
  "/usr/sbin",
  "/opt",
  "/srv",
  "/home",
  "/boot",
  "/usr/lib/systemd",
];

/**
 * Canaries of other suites, what those put where the engine looks for it (devices, a registry's certificates), and what
 * the kernel and the distribution's own programs change in there.
 */
const allowedChanges =
  /\/\.tdock-canary-|^\/etc\/(cdi\/|docker\/certs\.d\/127\.0\.0\.1:|(mtab|resolv\.conf|ld\.so\.cache)$)/;

/** Programs that run as root whenever a container does. */
const trustedPrograms = ["runc", "containerd", "containerd-shim-runc-v2", "tini", "docker-init", "tar", "nft", "ip"];

/**
 * HOST-UNTOUCHED: canaries (content, mode, owner, times) stay as they were, watched folders have no new, changed or
 * newly set-user-ID file, and the programs that the engine runs are the same, untouched.
 */
export class HostWatch implements AsyncDisposable {
  readonly #canaries: readonly string[];
  readonly #before: readonly string[];

  private constructor(canaries: readonly string[], before: readonly string[]) {
    this.#canaries = canaries;
    this.#before = before;
  }

  /** Plants the canaries and remembers how the host looks. */
  static async start(): Promise<HostWatch> {
    const name = `.tdock-canary-${shortName()}`;
    const canaries = canaryFolders.map((folder) => join(folder, name));
    for (const path of canaries) await writeFile(path, `canary of ${path}\n`, { mode: 0o640 });
    return new HostWatch(canaries, await fingerprints(canaries));
  }

  /** Fails with what has changed since `start`. */
  async expectUntouched(): Promise<void> {
    expect(await fingerprints(this.#canaries)).toEqual(this.#before);
    expect(await changedSince(this.#canaries[0] ?? "")).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#canaries) await rm(path, { force: true });
  }
}

async function fingerprints(canaries: readonly string[]): Promise<string[]> {
  const programs = await Promise.all(
    trustedPrograms.map(async (name) => (await runProgram("which", [name])).stdout.trim()),
  );
  const marks = [...programs.filter(Boolean), process.execPath].map(changeMark);
  return await Promise.all([...canaries.map(fingerprint), ...marks]);
}

async function changedSince(stamp: string): Promise<string[]> {
  const found = await mustRun("find", [...watchedFolders, "-xdev", "-cnewer", stamp, "!", "-type", "d", "-print"]);
  return found.split("\n").filter((path) => path !== "" && !allowedChanges.test(path));
}
