/** Something that builds keep for later ones, and that can go. Kinds are named as BuildKit names them. */
export interface CacheEntry {
  readonly id: string;
  readonly type: "regular" | "exec.cachemount" | "source.local";
  readonly description: string;
  readonly sizeBytes: number;
  /** Where its files are, when they are a layer; images may have it too. */
  readonly snapshot: string | undefined;
  /** A build that runs now uses it. */
  readonly isBusy: boolean;
  readonly createdAt: string | undefined;
  readonly lastUsedAt: string;
  readonly usageCount: number | undefined;
  /** Removes it, unless a build has begun to use it meanwhile; whether it did. */
  remove(): Promise<boolean>;
}
