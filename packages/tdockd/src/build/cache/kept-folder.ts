/** A folder that outlives the builds that use it. */
export interface KeptFolder {
  readonly id: string;
  readonly description: string;
  readonly path: string;
  readonly isBusy: boolean;
  /** RFC 3339. */
  readonly lastUsedAt: string;
  /** Deletes it, unless a build has begun to use it meanwhile; whether it did. */
  remove(): Promise<boolean>;
}
