/** A layer as an image lists it. */
export interface LayerInfo {
  readonly diffId: string;
  readonly mediaType: string;
  /** Of the blob; for a layer that was never compressed, the diff ID. */
  readonly digest: string;
  /** Of the blob. */
  readonly size: number;
}

/** Begins the name of a setting that stands for the files of a mount; its target follows. */
export const shownAt = "what is mounted at";

/** What went into a step, for telling two runs of it apart. No secret is ever among it. */
export interface StepInputs {
  readonly parent: string;
  /** The instruction with its variables expanded. */
  readonly text: string;
  /** Build arguments in force. */
  readonly args: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Digest of the files that were copied; their list is kept under it. */
  readonly files: string | undefined;
  /** Everything else: JSON of settings by their names. */
  readonly rest: string;
}

/** The result of a step, kept for later builds. */
export interface StepRecord {
  readonly key: string;
  /** Of a `COPY --link`: what it is made from but for what it stands on. */
  readonly linkKey?: string | undefined;
  /** Short name that people see. */
  readonly id: string;
  /** Which step of which build this is a run of: the same one of the next build has the same slot. */
  readonly slot: string;
  readonly title: string;
  readonly snapshot: string;
  /** All layers from the bottom, this step's last. */
  readonly layers: readonly LayerInfo[];
  readonly inputs: StepInputs;
  /** Bytes that the step's own layer takes on disk. */
  readonly sizeBytes: number;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly usageCount: number;
}
