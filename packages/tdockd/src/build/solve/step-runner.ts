import { isError, TdockError } from "@tdock/errors/error";
import { aborted } from "../../host/aborted.ts";
import type { LayerInfo, StepRecord } from "../cache/step-record.ts";
import { makeLayer, newBuildName } from "../layer/make-layer.ts";
import { writeUpper } from "../layer/write-upper.ts";
import type { Step } from "../plan/operation.ts";
import { checkAllowed } from "../steps/check-allowed.ts";
import type { Source } from "../steps/source.ts";
import { walkTree } from "../tree/walk-tree.ts";
import type { BuildRun } from "./build-run.ts";
import { carryOut, dateOf, layerInfo, recordOf } from "./carry-out.ts";
import type { FileSources } from "./file-sources.ts";
import { copiedUpTo, type KnownStep, type StepPlace } from "./known-step.ts";
import { findLent, type LentLayer } from "./lent-layer.ts";
import { rememberFiles } from "./miss-reason.ts";
import { once, type Ref, startEarly } from "./ref.ts";
import { linkKeyOf, type StepSources, stepInputs, stepKey } from "./step-key.ts";

/** The steps of a build that were reached, by their keys: one that several platforms share is made once. */
export type KnownRefs = Map<string, Ref>;

/** Finds results of steps in the cache, or makes them. */
export class StepRunner {
  private readonly run: BuildRun;
  private readonly files: FileSources;
  private readonly known: KnownRefs;

  constructor(run: BuildRun, files: FileSources, known: KnownRefs) {
    this.run = run;
    this.files = files;
    this.known = known;
  }

  /** The file system after `step`. Resolves once the step is known to be cached, or has been started. */
  async next(step: Step, parent: Ref, place: StepPlace): Promise<Ref> {
    const known = await this.identify(step, parent, place);
    const { key } = known;
    const ignoresCache = this.run.ignoresCache(place.stage);
    const lent = ignoresCache || this.usableRecord(known) !== undefined ? undefined : await findLent(this.run, known);
    const twin = this.known.get(key);
    if (twin !== undefined) return twin;
    const ref = ignoresCache ? this.freshRef(known) : this.foundRef(known, lent);
    this.known.set(key, ref);
    return ref;
  }

  /** The earlier result of a step, unless what it stands on was made anew since. */
  private usableRecord({ key, parent }: KnownStep): StepRecord | undefined {
    const record = parent.isAnew ? undefined : this.run.engine.builds.steps.get(key);
    const below = parent.knownLayers;
    if (record === undefined || below === undefined) return record;
    const { layers } = record;
    return layers.length === below.length + 1 && layers.at(-2)?.diffId === below.at(-1)?.diffId ? record : undefined;
  }

  private hasEarlier({ key }: KnownStep): boolean {
    return this.run.engine.builds.steps.get(key) !== undefined;
  }

  private foundRef(known: KnownStep, lent: LentLayer | undefined): Ref {
    const record = this.usableRecord(known);
    if (record !== undefined) return this.cachedRef(known, record);
    if (lent !== undefined) return this.lentRef(known, lent);
    const isBeingMade = !known.parent.isAnew && this.run.engine.builds.making.has(known.key);
    return isBeingMade ? this.awaitedRef(known) : this.freshRef(known);
  }

  /** Files as the bottom of a stage: `FROM` a named context that is a folder. */
  async filesRef(source: Extract<Source, { kind: "tree" }>, name: string): Promise<Ref> {
    const { engine, signal } = this.run;
    const write = { linkable: source.folder, signal };
    const layer = { name: newBuildName(), parent: "", isLinked: true };
    this.run.hold(layer.name);
    const made = once(() =>
      makeLayer(engine, layer, async ({ upper }) => writeUpper(upper, walkTree(await source.tree(), ""), write)),
    );
    const snapshot = async () => (await made()).name;
    const layers = once(async () => [await layerInfo(this.run, await made())]);
    const key = await this.files.treeKey(source, "", { kind: "named", name });
    const unknown = { createdAt: async () => undefined, copied: [], knownLayers: undefined, isAnew: false };
    return { key: `files:${key}`, contents: key, snapshot, layers, ...unknown };
  }

  private async identify(step: Step, parent: Ref, place: StepPlace): Promise<KnownStep> {
    const { files, mounts } = await this.read(step);
    const inputs = stepInputs(step, parent.key, { files: files?.digest, mounts }, this.run.limits, this.run.epoch);
    const linkKey = linkKeyOf(step, inputs);
    const slot = `${this.run.scope} ${place.mark}${place.stage} ${place.index} ${step.operation.kind}`;
    return { step, parent, place, inputs, key: stepKey(inputs), linkKey, slot, files };
  }

  /** What the step reads beside its parent. Where it is missing, or the step not allowed, the step has failed. */
  private async read({
    operation,
    title,
    line,
  }: Step): Promise<Pick<KnownStep, "files"> & Pick<StepSources, "mounts">> {
    const placed = operation.kind === "run" ? operation.mounts : [];
    try {
      if (operation.kind === "run") checkAllowed(this.run.limits, operation);
      const files = operation.kind === "copy" ? await this.files.copyFiles(operation) : undefined;
      return { files, mounts: await Promise.all(placed.map((mount) => this.files.mountKey(mount))) };
    } catch (thrown) {
      return await this.run.progress.fail(title, line, thrown);
    }
  }

  /** A record whose snapshot has gone (somebody removed it with ctr) is as good as none. */
  private cachedRef(known: KnownStep, record: StepRecord): Ref {
    const { builds, containerd, now } = this.run.engine;
    this.run.progress.cached(known.step.title);
    this.run.hold(record.snapshot);
    startEarly(builds.steps.put({ ...record, lastUsedAt: now().toISOString(), usageCount: record.usageCount + 1 }));
    const fresh = once(async () => this.freshRef(known));
    const isThere = once(async () => {
      try {
        await containerd.snapshots.stat(record.snapshot);
        return true;
      } catch (thrown) {
        if (isError(thrown, "not-found")) return false;
        throw thrown;
      }
    });
    return {
      key: known.key,
      snapshot: async () => ((await isThere()) ? record.snapshot : (await fresh()).snapshot()),
      layers: async () => ((await isThere()) ? record.layers : (await fresh()).layers()),
      createdAt: async () => dateOf(this.run, record.createdAt),
      copied: copiedUpTo(known),
      contents: record.snapshot,
      knownLayers: record.layers,
      isAnew: false,
    };
  }

  /** What cannot be brought here is made here. */
  private lentRef(known: KnownStep, lent: LentLayer): Ref {
    const { run } = this;
    run.progress.cached(known.step.title);
    const snapshot = once(() => lent.place().catch((thrown) => this.tellUnusable(known, thrown)));
    const fresh = once(async () => this.freshRef(known));
    const layers = once(async () => [...(await known.parent.layers()), lent.layer]);
    const isHere = async () => (await snapshot()) !== undefined;
    const remembered = once(async () => {
      const made = { name: (await snapshot()) ?? "", createdAt: lent.createdAt };
      if (made.name !== "") await run.engine.builds.steps.put(await recordOf(run, known, made, await layers()));
    });
    return {
      key: known.key,
      async snapshot() {
        const name = await snapshot();
        if (name === undefined) return (await fresh()).snapshot();
        run.keepBusy(remembered());
        return name;
      },
      layers: async () => ((await isHere()) ? layers() : (await fresh()).layers()),
      createdAt: async () => ((await isHere()) ? lent.createdAt : (await fresh()).createdAt()),
      copied: copiedUpTo(known),
      contents: `${known.key} ${lent.layer.diffId}`,
      knownLayers: undefined,
      isAnew: this.hasEarlier(known),
    };
  }

  private async tellUnusable({ step }: KnownStep, thrown: unknown): Promise<undefined> {
    if (this.run.signal.aborted) throw thrown;
    const reason = Buffer.from(`WARNING: the cached result is not used: ${TdockError.from(thrown).message}\n`);
    await this.run.progress.run(`[internal] import ${step.title}`, undefined, ({ log }) => log(reason));
    return undefined;
  }

  /** What another build carries out now is waited for; it is made here when nothing comes of it there. */
  private awaitedRef(known: KnownStep): Ref {
    const found = once(async () => {
      const record = await this.madeElsewhere(known);
      return record === undefined ? this.freshRef(known) : this.cachedRef(known, record);
    });
    this.run.keepBusy(found().then(() => undefined));
    return {
      key: known.key,
      snapshot: async () => (await found()).snapshot(),
      layers: async () => (await found()).layers(),
      createdAt: async () => (await found()).createdAt(),
      copied: copiedUpTo(known),
      contents: undefined,
      knownLayers: undefined,
      isAnew: this.hasEarlier(known),
    };
  }

  private async madeElsewhere({ key, step }: KnownStep): Promise<StepRecord | undefined> {
    const { engine, progress, signal } = this.run;
    for (let made = engine.builds.making.get(key); made !== undefined; made = engine.builds.making.get(key)) {
      const ended = made.catch(() => undefined);
      const title = `[internal] wait for another build: ${step.title}`;
      const record = await progress.run(title, undefined, () => Promise.race([ended, aborted(signal)]));
      if (record !== undefined) return record;
    }
    return undefined;
  }

  private freshRef(known: KnownStep): Ref {
    const isAnew = this.hasEarlier(known);
    const made = once(() => carryOut(this.run, this.files, known));
    const layers = once(async () => {
      const layer = await made();
      const [below, own] = await Promise.all([known.parent.layers(), layerInfo(this.run, layer)]);
      return [...below, own];
    });
    const ref: Ref = {
      key: known.key,
      snapshot: async () => (await made()).name,
      layers,
      createdAt: async () => (await made()).createdAt,
      copied: copiedUpTo(known),
      contents: undefined,
      knownLayers: undefined,
      isAnew,
    };
    const remembered = this.remember(known, made, layers);
    this.offer(known, remembered);
    this.run.keepBusy(remembered.then(() => undefined));
    return ref;
  }

  /** Lets other builds that need the step know that it is being made. */
  private offer({ key }: KnownStep, record: Promise<StepRecord>): void {
    const { making } = this.run.engine.builds;
    making.set(key, record);
    const withdraw = () => {
      if (making.get(key) === record) making.delete(key);
    };
    record.then(withdraw, withdraw);
  }

  /** Makes the step's result known to later builds as soon as its layer has been measured. */
  private async remember(
    known: KnownStep,
    made: () => ReturnType<typeof carryOut>,
    layers: () => Promise<readonly LayerInfo[]>,
  ): Promise<StepRecord> {
    const layer = await made();
    const record = await recordOf(this.run, known, layer, await layers());
    await rememberFiles(this.run, known);
    await this.run.engine.builds.steps.put(record);
    return record;
  }
}
