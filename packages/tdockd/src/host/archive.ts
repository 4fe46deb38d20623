import { Socket } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { ChunkRing } from "@tdock/keeper/chunk-ring";
import { OutputStream } from "@tdock/keeper/output-stream";
import { type DescriptorCommandOptions, startOnDescriptors } from "./descriptor-command.ts";
import { dieWithServer } from "./die-with-server.ts";
import { openPipe } from "./pipe.ts";

/** What GNU tar is to archive. */
export interface ArchiveRequest {
  /** Names are relative to it. The program enters it before anything else: a path below /proc/self/fd will do. */
  readonly folder: string;
  /** Options and names. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

/** Takes an archive as it is being written. */
export type ArchiveUse = (bytes: OutputStream) => Promise<void>;

/** Names without the leading `./`. Targets of symbolic links stay as they are, those of hard links are names. */
export const bareNames = "--transform=s,^\\./,,S";
/** Of the attributes of files, those that `setcap` sets. */
export const withCapabilities: readonly string[] = ["--xattrs", "--xattrs-include=security.capability"];

const pipeBytes = 1024 * 1024;
/** The exit code of an archiving tar when a file changed while it was read. */
const someChanged = 1;

/**
 * Gives `use` an archive while GNU tar writes it: links are archived, never followed. A file that changes meanwhile, as
 * those of running containers do, is no failure. Throws `internal` with what tar says when it cannot read something.
 */
export async function archive({ folder, args, signal }: ArchiveRequest, use: ArchiveUse): Promise<void> {
  using pipe = openPipe(pipeBytes);
  const ended = await startTar(["--create", ...args], { output: pipe.writeEnd, signal, cwd: folder });
  pipe.close("writeEnd");
  const bytes = readThroughRing(pipe.take("readEnd"));
  try {
    await use(bytes);
  } catch (thrown) {
    // Once nobody reads, tar ends too, and the folder is no longer in use.
    bytes.destroy();
    await ended().catch(() => undefined);
    throw thrown;
  }
  await ended(someChanged);
}

/**
 * As `archive`, into another folder, which must be empty and nobody else's: the bytes go from one tar to the other
 * through the kernel alone.
 */
export async function copyThroughArchive(
  { folder, args, signal }: ArchiveRequest,
  into: { readonly folder: string; readonly args: readonly string[] },
): Promise<void> {
  using pipe = openPipe(pipeBytes);
  const archived = await startTar(["--create", ...args], { output: pipe.writeEnd, signal, cwd: folder });
  const unpacked = await startTar(["--extract", ...into.args], { input: pipe.readEnd, signal, cwd: into.folder });
  pipe.close("writeEnd");
  pipe.close("readEnd");
  await Promise.all([archived(someChanged), unpacked()]);
}

/** Resolves when it runs, to what waits for its end; every exit code but 0 and `harmless` is a failure. */
async function startTar(
  args: readonly string[],
  options: DescriptorCommandOptions,
): Promise<(harmless?: number) => Promise<void>> {
  const { ended } = await startOnDescriptors(...dieWithServer("/usr/bin/tar", ["--file=-", ...args]), options);
  return async (harmless = 0) => {
    const { exitCode, complaint } = await ended;
    if (exitCode === 0 || exitCode === harmless) return;
    throw new TdockError("internal", `tar: ${complaint || "was ended"}`);
  };
}

/** The descriptor changes hands. Of what Node's own streams leave behind, the collection takes half of all the time. */
function readThroughRing(fd: number): OutputStream {
  const ring = new ChunkRing();
  const socket = new Socket({ fd, readable: true, writable: false, onread: ring.onread });
  socket.pause();
  return new OutputStream(socket, ring);
}
