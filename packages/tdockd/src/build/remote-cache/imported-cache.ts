import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { newBuildName } from "../layer/make-layer.ts";
import type { Progress } from "../progress/progress.ts";
import {
  type CacheDocument,
  type CachedMount,
  type CachedStep,
  cacheConfigType,
  cacheLimitBytes,
  parseCache,
} from "./document.ts";
import { parseInlineCache } from "./inline.ts";
import type { CacheLocation } from "./location.ts";
import { type CacheSource, openSource, type SourceRun } from "./source.ts";

/** Something that another engine has kept, and where its bytes are to be had. */
export type Imported<T> = T & { readonly source: CacheSource };

interface OpenedCache {
  readonly steps: ReadonlyMap<string, Imported<CachedStep>>;
  readonly mounts: ReadonlyMap<string, Imported<CachedMount>>;
}

/** The results of steps that a build may take from elsewhere. A cache that cannot be read is told of, and left out. */
export class ImportedCache {
  private readonly opened: Promise<readonly OpenedCache[]>;

  constructor(run: SourceRun & { readonly progress: Progress }, locations: readonly CacheLocation[]) {
    this.opened = Promise.all(locations.map((location) => open(run, location)));
    this.opened.catch(() => {}); // whoever asks for something is told
  }

  /** The result of the step with this key. */
  async step(key: string): Promise<Imported<CachedStep> | undefined> {
    return (await this.opened).find(({ steps }) => steps.has(key))?.steps.get(key);
  }

  /** What the cache mount of this name held. */
  async mount(name: string): Promise<Imported<CachedMount> | undefined> {
    return (await this.opened).find(({ mounts }) => mounts.has(name))?.mounts.get(name);
  }
}

const nothing: OpenedCache = { steps: new Map(), mounts: new Map() };

function open(run: SourceRun & { readonly progress: Progress }, location: CacheLocation): Promise<OpenedCache> {
  return run.progress.run(`[internal] import cache from ${location.name}`, undefined, async ({ log }) => {
    try {
      const source = await openSource(run, location);
      const { steps, mounts } = await readDocument(run, source);
      return {
        steps: new Map(steps.map((step) => [step.key, { ...step, source }])),
        mounts: new Map(mounts.map((mount) => [mount.name, { ...mount, source }])),
      };
    } catch (thrown) {
      if (run.signal.aborted) throw thrown;
      await log(Buffer.from(`WARNING: the cache is not used: ${TdockError.from(thrown).message}\n`));
      return nothing;
    }
  });
}

async function readDocument(run: SourceRun, { manifest, fetch }: CacheSource): Promise<CacheDocument> {
  const { config, layers } = manifest;
  if (config.size > cacheLimitBytes) {
    throw new TdockError("invalid-argument", `its description is over ${cacheLimitBytes} bytes`);
  }
  const path = join(run.scratch, newBuildName());
  await fetch(config, path);
  const value: unknown = JSON.parse(await readFile(path, "utf8"));
  return config.mediaType === cacheConfigType ? parseCache(value) : parseInlineCache(value, layers);
}
