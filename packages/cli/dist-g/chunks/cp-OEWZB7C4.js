import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  openInput
} from "./chunk-AO2HRDYK.js";
import {
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import {
  copyOutput
} from "./chunk-DVWXHFU4.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerArchiveGet,
  containerArchivePut,
  containerArchiveStat
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  bool
} from "./chunk-BK7RGC7S.js";
import {
  TdockError,
  isError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/copy-in.ts
import { lstat, realpath } from "node:fs/promises";
import { dirname, posix as posix3, resolve as resolve2 } from "node:path";

// packages/cli/src/context/copy-rules.ts
import { posix } from "node:path";
function archiveName(path) {
  return /(^|\/)\.$/.test(path) ? "." : posix.basename(posix.normalize(path)) || "/";
}
function planCopy(source, target) {
  if (target.kind === "folder") return { folder: target.path, name: void 0 };
  const endsAsFolder = /(^|\/)\.?$/.test(target.path);
  if (target.kind === "file" && endsAsFolder) throw new TdockError("invalid-argument", "not a directory");
  if (target.kind === "file" && source.kind === "folder") {
    throw new TdockError("invalid-argument", "cannot copy directory");
  }
  if (target.kind === "absent" && source.kind === "file" && endsAsFolder) {
    throw new TdockError("not-found", "no such directory");
  }
  const clean = posix.normalize(target.path).replace(/(.)\/$/, "$1");
  return { folder: posix.dirname(clean), name: posix.basename(clean) };
}

// packages/cli/src/context/tar-program.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
async function* readTar(args) {
  const child = start(args);
  const end = ended(child);
  yield* child.stdout;
  await end;
}
async function feedTar(args, source) {
  const child = start(args);
  const end = ended(child);
  const fed = pipeline(source, child.stdin).catch((error) => {
    if (error.code !== "EPIPE") child.kill();
    return error;
  });
  await end;
  const failure = await fed;
  if (failure instanceof Error && failure.code !== "EPIPE") throw TdockError.from(failure);
}
function start(args) {
  const child = spawn("tar", args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" }
  });
  const words = [];
  child.stderr.setEncoding("utf8").on("data", (text) => words.push(text));
  return Object.assign(child, { words });
}
async function ended(child) {
  const [code] = await once(child, "close").catch((cause) => {
    const message = cause.code === "ENOENT" ? "tar: no such program; install it (Debian: apt-get install tar)" : cause.message;
    throw new TdockError("not-found", message, { cause });
  });
  if (code === 0 || code === 1 && child.stdout?.readableEnded) return;
  throw new TdockError("internal", child.words.join("").trim() || `tar ended with exit code ${code}`);
}

// packages/cli/src/commands/copy-out.ts
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join, posix as posix2, resolve } from "node:path";

// packages/cli/src/commands/path-stat.ts
function readPathStat(headers) {
  const header = headers["x-docker-container-path-stat"];
  if (typeof header !== "string") throw new TdockError("internal", "the daemon did not say what it sends");
  return JSON.parse(Buffer.from(header, "base64").toString());
}
function isFolder({ mode }) {
  return Math.trunc(mode / 2 ** 31) % 2 === 1;
}
function isLink({ mode }) {
  return Math.trunc(mode / 2 ** 27) % 2 === 1;
}

// packages/cli/src/commands/copy-out.ts
async function copyOut(cli, from, to, options) {
  const path = options.followLink ? await followLink(cli, from) : from.path;
  const stream = await openStream(cli.client, containerArchiveGet, { id: from.id, path });
  if (to === "-") {
    await copyOutput(stream, { framed: false });
    return 0;
  }
  const found = readPathStat(stream.headers);
  const source = { path, kind: isFolder(found) ? "folder" : "file" };
  const counted = countBytes(stream);
  await unpack(counted.bytes, { source, target: await localEnd(to), archive: options.archive });
  return counted.size();
}
async function followLink(cli, { id, path }) {
  const stream = await openStream(cli.client, containerArchiveStat, { id, path });
  stream.resume();
  const { linkTarget } = readPathStat(stream.headers);
  return linkTarget ? posix2.resolve(posix2.dirname(path), linkTarget) : path;
}
async function localEnd(path) {
  const found = await stat(path).catch(() => void 0);
  const kind = found === void 0 ? "absent" : found.isDirectory() ? "folder" : "file";
  const ending = /\/\.?$/.exec(path)?.[0] ?? "";
  return { path: resolve(path) + ending, kind };
}
async function unpack(bytes, { source, target, archive }) {
  const { folder, name } = planCopy(source, target);
  const owners = archive ? ["--same-owner", "--numeric-owner"] : ["--no-same-owner"];
  const flags = ["--extract", "--file=-", "--same-permissions", "--delay-directory-restore", ...owners];
  if (name === void 0) return feedTar([...flags, `--directory=${folder}`], bytes);
  await requireFolder(folder);
  const place = join(folder, name);
  if (source.kind === "folder") {
    await mkdir(place);
    return feedTar([...flags, "--strip-components=1", `--directory=${place}`], bytes);
  }
  await unpackFile(bytes, flags, { folder, place });
}
async function unpackFile(bytes, flags, { folder, place }) {
  const staging = await mkdtemp(join(folder, ".tdock-cp-"));
  try {
    await feedTar([...flags, `--directory=${staging}`], bytes);
    const [name, ...others] = await readdir(staging);
    if (name === void 0 || others.length > 0)
      throw new TdockError("internal", "the daemon sent an archive of something else");
    await rename(join(staging, name), place);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
async function requireFolder(folder) {
  const found = await stat(folder).catch(() => void 0);
  if (!found?.isDirectory())
    throw new TdockError("not-found", `invalid output path: directory "${folder}" does not exist`);
}
function countBytes(source) {
  let size = 0;
  async function* count() {
    for await (const chunk of source) {
      size += chunk.length;
      yield chunk;
    }
  }
  return { bytes: count(), size: () => size };
}

// packages/cli/src/commands/copy-in.ts
async function copyIn(cli, from, to, options) {
  if (from === "-") return send(cli, { ...to, bytes: await openInput("-"), archive: options.archive });
  const source = await localSource(from, options.followLink);
  const target = await containerEnd(cli, to);
  const { folder, name } = planCopy(source, target);
  const bytes = readTar(tarArguments(source, name ?? archiveName(from)));
  return send(cli, { id: to.id, path: folder, bytes, archive: options.archive });
}
async function send(cli, { id, path, bytes, archive }) {
  const counted = countBytes(bytes);
  await call(cli.client, containerArchivePut, {
    id,
    path,
    noOverwriteDirNonDir: true,
    copyUIDGID: archive || void 0,
    body: counted.bytes
  });
  return counted.size();
}
async function localSource(path, follow) {
  const asked = resolve2(path) + (/\/\.?$/.exec(path)?.[0] ?? "");
  try {
    const real = follow ? await realpath(asked) : asked;
    const found = await lstat(real);
    return { path: real, kind: found.isDirectory() ? "folder" : "file" };
  } catch (cause) {
    const { code, message } = cause;
    const words = code === "ENOENT" ? "no such file or directory" : message;
    throw new TdockError(TdockError.from(cause).code, `lstat ${asked}: ${words}`, { cause });
  }
}
async function containerEnd(cli, { id, path }) {
  try {
    const stream = await openStream(cli.client, containerArchiveStat, { id, path });
    stream.resume();
    const found = readPathStat(stream.headers);
    if (isLink(found) && found.linkTarget) {
      return containerEnd(cli, { id, path: posix3.resolve(posix3.dirname(path), found.linkTarget) });
    }
    return { path, kind: isFolder(found) ? "folder" : "file" };
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
    return { path, kind: "absent" };
  }
}
function tarArguments({ path }, name) {
  const own = archiveName(path);
  const folder = own === "." ? path.replace(/\/\.$/, "") : dirname(path.replace(/\/$/, ""));
  const renamed = own === name ? [] : [`--transform=s,^${escapePattern(own)}(/|$),${escapeReplacement(name)}\\1,xS`];
  return ["--create", "--file=-", "--format=pax", "--numeric-owner", ...renamed, `--directory=${folder}`, "--", own];
}
function escapePattern(text) {
  return text.replace(/[\\^$.*+?()[\]{}|,]/g, "\\$&");
}
function escapeReplacement(text) {
  return text.replace(/[\\&,]/g, "\\$&");
}

// packages/cli/src/commands/cp.ts
var cp = defineCommand({
  usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n	tdock cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  operands: exactly(2),
  flags: {
    archive: bool("Archive mode (copy all uid/gid information)", { short: "a" }),
    "follow-link": bool("Always follow symbol link in SRC_PATH", { short: "L" }),
    quiet: bool(
      "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
      { short: "q" }
    )
  },
  async run(cli, { flags, args: [from = "", to = ""] }) {
    if (from === "") throw new TdockError("invalid-argument", "source can not be empty");
    if (to === "") throw new TdockError("invalid-argument", "destination can not be empty");
    const [source, target] = [splitPath(from), splitPath(to)];
    const options = { archive: flags.archive, followLink: flags["follow-link"] };
    if (source.id !== void 0 && target.id !== void 0) {
      throw new TdockError("invalid-argument", "copying between containers is not supported");
    }
    if (source.id === void 0 && target.id === void 0) {
      throw new TdockError("invalid-argument", "must specify at least one container source");
    }
    const size = source.id !== void 0 ? await copyOut(cli, { id: source.id, path: source.path }, to, options) : await copyIn(cli, from, { id: target.id ?? "", path: target.path }, options);
    if (!flags.quiet && to !== "-") cli.err.print(`Successfully copied ${humanSize(size, 3)} to ${to}
`);
    return 0;
  }
});
function splitPath(text) {
  const colon = text.indexOf(":");
  if (colon <= 0 || text.startsWith("/") || text.startsWith(".")) return { id: void 0, path: text };
  return { id: text.slice(0, colon), path: `/${text.slice(colon + 1)}`.replace(/^\/\/+/, "/") };
}
export {
  cp
};
