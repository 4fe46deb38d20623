import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { removeTree } from "../host/remove-tree.ts";
import { BusySnapshots } from "./cache/busy-snapshots.ts";
import { CacheMounts } from "./cache/cache-mounts.ts";
import { DigestMemory } from "./cache/digest-memory.ts";
import { StepCache } from "./cache/step-cache.ts";
import type { StepRecord } from "./cache/step-record.ts";
import { BuildSessions } from "./context/build-sessions.ts";
import { ContextStore } from "./context/context-store.ts";
import { ClientSessions } from "./session/client-sessions.ts";
import { Expected } from "./session/expected.ts";
import type { SolveJob } from "./session/solve-job.ts";
import { Uploads } from "./session/uploads.ts";

/** What builds keep between them. */
export interface Builds {
  /** `<data root>/build`: all that follows lies in it. */
  readonly folder: string;
  readonly steps: StepCache;
  readonly digests: DigestMemory;
  readonly cacheMounts: CacheMounts;
  readonly contexts: ContextStore;
  readonly sessions: BuildSessions;
  readonly clientSessions: ClientSessions;
  readonly uploads: Uploads;
  /** Builds that were ordered through BuildKit's Control, by their client's ID. */
  readonly jobs: Expected<SolveJob>;
  /** Folders of the builds that run now, emptied at start-up. */
  readonly scratch: string;
  /** Controllers of builds that run now, by the ID their client gave. */
  readonly running: Map<string, AbortController>;
  /** Snapshots that builds which run now stand on: nothing removes them. */
  readonly busy: BusySnapshots;
  /** Steps that builds carry out now, by key: another build that needs one as well waits for it. */
  readonly making: Map<string, Promise<StepRecord>>;
  readonly cgroupNamespace: "private" | "host";
}

/** Opens what builds keep; what an earlier tdockd left half-done is deleted. */
export async function openBuilds(dataRoot: string, log: Pick<Logger, "warn">): Promise<Builds> {
  const folder = join(dataRoot, "build");
  const scratch = join(folder, "scratch");
  await removeTree(scratch);
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  return {
    folder,
    steps: await StepCache.open(join(folder, "steps"), log),
    digests: await DigestMemory.open(join(folder, "digests")),
    cacheMounts: new CacheMounts(join(folder, "cache-mounts")),
    contexts: new ContextStore(join(folder, "contexts")),
    sessions: new BuildSessions(),
    clientSessions: new ClientSessions(),
    uploads: new Uploads(),
    jobs: new Expected(),
    scratch,
    running: new Map(),
    busy: new BusySnapshots(),
    making: new Map(),
    cgroupNamespace: existsSync("/sys/fs/cgroup/cgroup.controllers") ? "private" : "host",
  };
}
