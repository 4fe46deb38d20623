import { mkdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { writeFileAtomic } from "../../host/atomic-file.ts";
import { runCommand } from "../../host/run-command.ts";
import type { Proxies } from "../../registry/proxy.ts";
import { parseGitReference } from "./git-reference.ts";
import { type PlainAddress, takeLogin, withoutLogins } from "./url-login.ts";

export interface GitOptions {
  readonly keepGitDir: boolean;
  /** A commit, or the beginning of one, that must be what is checked out. */
  readonly checksum: string;
  readonly signal: AbortSignal;
  readonly proxies: Proxies;
}

/** How git is run for one checkout. */
interface GitRun extends Pick<GitOptions, "signal" | "proxies"> {
  /** Where it looks for what to log in with. */
  readonly home: string;
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
 * file can be fetched, nothing that came from outside can be taken for a flag, and no password is on a command line.
 * Throws `invalid-argument` for a reference that does not exist or a wrong checksum, `not-found` when git is missing.
 */
export async function checkoutGit(url: string, folder: string, options: GitOptions): Promise<GitCheckout> {
  const { remote, ref, folder: inside } = parseGitReference(url);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [work, home] = [join(folder, "work"), join(folder, "home")];
  const { address, ...login } = takeLogin(remote);
  const run = { ...options, home };
  try {
    await keepLogins(home, [login, takeLogin(options.proxies.http), takeLogin(options.proxies.https)]);
    await git(["init", "--quiet", "--template=", "--", work], run);
    await fetchRef(work, address, ref === "" ? "HEAD" : ref, run);
    const commit = (await git(["-C", work, "rev-parse", "FETCH_HEAD^{commit}"], run)).trim();
    checkCommit(withoutLogins(url), commit, options.checksum);
    await git(["-C", work, "checkout", "--quiet", "--detach", "FETCH_HEAD"], run);
    await updateSubmodules(work, run);
    // Without times and numbers of files the index of one commit is always the same: the cache knows it again.
    if (options.keepGitDir) await git(["-C", work, "read-tree", "HEAD"], run);
    else await rm(join(work, ".git"), { recursive: true, force: true });
    return { root: work, inside, commit };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** For git's own helper, which hands them to whoever asks for them; arguments and variables are there for all to see. */
async function keepLogins(home: string, logins: readonly Pick<PlainAddress, "credential">[]): Promise<void> {
  await mkdir(home, { mode: 0o700 });
  const lines = logins.flatMap(({ credential }) => credential ?? []);
  const text = lines.map((line) => `${line}\n`).join("");
  await writeFileAtomic(join(home, ".git-credentials"), text, { durable: false });
}

/** A shallow fetch first; servers that refuse it for a commit, or only hand out files, get a full one. */
async function fetchRef(work: string, remote: string, ref: string, options: GitRun): Promise<void> {
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

async function updateSubmodules(work: string, options: GitRun): Promise<void> {
  await git(["-C", work, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"], options);
}

function checkCommit(url: string, commit: string, checksum: string): void {
  if (checksum === "" || (checksum.length >= 7 && commit.startsWith(checksum.toLowerCase()))) return;
  throw new TdockError("invalid-argument", `${url}: wanted commit ${checksum}, got ${commit}`, { reason: "checksum" });
}

async function git(args: readonly string[], options: GitRun): Promise<string> {
  const result = await run(args, options);
  if (result.exitCode === 0) return result.stdout;
  throw gitError("", result.stderr);
}

function run(args: readonly string[], { signal, proxies, home }: GitRun) {
  const env = { ...safeEnvironment, HOME: home, ...proxyVariables(proxies) };
  return runCommand("git", [...safeSettings, ...args], { signal, env });
}

/** As curl, which git asks with, reads them. This machine's own addresses are asked straight, as everywhere. */
function proxyVariables({ http, https, no }: Proxies): Readonly<Record<string, string>> {
  const exceptions = no.split(",").map((one) => one.trim());
  if (exceptions.includes("*")) return {};
  const without = ["localhost", "127.0.0.0/8", "::1", ...exceptions].filter((one) => one !== "");
  const [http_proxy, https_proxy] = [http, https].map(withUserAlone);
  return { ...(http_proxy && { http_proxy }), ...(https_proxy && { https_proxy }), no_proxy: without.join(",") };
}

/** git asks for the password of a proxy that has a user. */
function withUserAlone(proxy: string): string {
  const { address, user, credential } = takeLogin(proxy);
  return credential === undefined ? proxy : address.replace("//", `//${user}@`);
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
  ["credential.helper", "store"],
].flatMap(([name, value]) => ["-c", `${name}=${value}`]);

const safeEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  LC_ALL: "C",
};

function gitError(remote: string, words: string): TdockError {
  const line = words.trim().split("\n").at(-1) ?? "";
  return new TdockError("invalid-argument", `git${remote === "" ? "" : ` ${remote}`}: ${line}`);
}
