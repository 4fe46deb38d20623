import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { runCommand } from "../../host/run-command.ts";
import type { Proxies } from "../../registry/proxy.ts";
import { parseGitReference } from "./git-reference.ts";

export interface GitOptions {
  readonly keepGitDir: boolean;
  /** A commit, or the beginning of one, that must be what is checked out. */
  readonly checksum: string;
  readonly signal: AbortSignal;
  readonly proxies: Proxies;
}

/** A working copy on disk. */
export interface GitCheckout {
  readonly root: string;
  /** The folder that was asked for, below the root; links in it have not been looked at. */
  readonly inside: string;
  readonly commit: string;
}

/**
 * Fetches one commit and lays it out in `folder`, which must not exist. No program of the repository runs, no local
 * file can be fetched, and nothing that came from outside can be taken for a flag.
 * Throws `invalid-argument` for a reference that does not exist or a wrong checksum, `not-found` when git is missing.
 */
export async function checkoutGit(url: string, folder: string, options: GitOptions): Promise<GitCheckout> {
  const { remote, ref, folder: inside } = parseGitReference(url);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const work = join(folder, "work");
  await git(["init", "--quiet", "--template=", "--", work], options);
  const wanted = ref === "" ? "HEAD" : ref;
  await fetchRef(work, remote, wanted, options);
  const commit = (await git(["-C", work, "rev-parse", "FETCH_HEAD^{commit}"], options)).trim();
  checkCommit(url, commit, options.checksum);
  await git(["-C", work, "checkout", "--quiet", "--detach", "FETCH_HEAD"], options);
  await updateSubmodules(work, options);
  // Without times and numbers of files the index of one commit is always the same: the cache knows it again.
  if (options.keepGitDir) await git(["-C", work, "read-tree", "HEAD"], options);
  else await rm(join(work, ".git"), { recursive: true, force: true });
  return { root: work, inside, commit };
}

/** A shallow fetch first; servers that refuse it for a commit, or only hand out files, get a full one. */
async function fetchRef(work: string, remote: string, ref: string, options: GitOptions): Promise<void> {
  const fetch = ["-C", work, "fetch", "--quiet", "--no-tags"];
  const shallow = await run([...fetch, "--depth=1", "--", remote, ref], options);
  if (shallow.exitCode === 0) return;
  if (/does not support shallow/.test(shallow.stderr)) {
    const whole = await run([...fetch, "--", remote, ref], options);
    if (whole.exitCode === 0) return;
  }
  const commit = /^[0-9a-f]{7,40}$/.test(ref);
  if (!commit) throw gitError(remote, shallow.stderr);
  const full = await run([...fetch, "--", remote, "+refs/heads/*:refs/remotes/origin/*"], options);
  if (full.exitCode !== 0) throw gitError(remote, full.stderr);
  const found = await run(["-C", work, "rev-parse", "--verify", `${ref}^{commit}`], options);
  if (found.exitCode !== 0) throw gitError(remote, found.stderr);
  await git(["-C", work, "update-ref", "FETCH_HEAD", found.stdout.trim()], options);
}

async function updateSubmodules(work: string, options: GitOptions): Promise<void> {
  await git(["-C", work, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"], options);
}

function checkCommit(url: string, commit: string, checksum: string): void {
  if (checksum === "" || (checksum.length >= 7 && commit.startsWith(checksum.toLowerCase()))) return;
  throw new TdockError("invalid-argument", `${url}: wanted commit ${checksum}, got ${commit}`, { reason: "checksum" });
}

async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const result = await run(args, options);
  if (result.exitCode === 0) return result.stdout;
  throw gitError("", result.stderr);
}

function run(args: readonly string[], { signal, proxies }: GitOptions) {
  const env = { ...safeEnvironment, ...proxyVariables(proxies) };
  return runCommand("git", [...safeSettings, ...args], { signal, env });
}

/** As curl, which git asks with, reads them. This machine's own addresses are asked straight, as everywhere. */
function proxyVariables({ http, https, no }: Proxies): Readonly<Record<string, string>> {
  const exceptions = no.split(",").map((one) => one.trim());
  if (exceptions.includes("*")) return {};
  const without = ["localhost", "127.0.0.0/8", "::1", ...exceptions].filter((one) => one !== "");
  return { ...(http && { http_proxy: http }), ...(https && { https_proxy: https }), no_proxy: without.join(",") };
}

/** Only what goes over a network; CVE-2022-39253 and its like went through local files and helpers. */
const safeSettings = [
  ["protocol.allow", "never"],
  ["protocol.https.allow", "always"],
  ["protocol.http.allow", "always"],
  ["protocol.ssh.allow", "always"],
  ["protocol.git.allow", "always"],
  ["protocol.file.allow", "never"],
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.logAllRefUpdates", "false"],
  ["advice.detachedHead", "false"],
].flatMap(([name, value]) => ["-c", `${name}=${value}`]);

const safeEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  HOME: "/nonexistent",
  LC_ALL: "C",
};

function gitError(remote: string, words: string): TdockError {
  const line = words.trim().split("\n").at(-1) ?? "";
  return new TdockError("invalid-argument", `git${remote === "" ? "" : ` ${withoutPassword(remote)}`}: ${line}`);
}

function withoutPassword(remote: string): string {
  return remote.replace(/\/\/[^@/]*@/, "//");
}
