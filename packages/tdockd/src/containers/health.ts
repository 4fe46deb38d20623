/** Outcome of one run of a health check. Times are RFC 3339; the output is cut to 4 KiB. */
export interface HealthResult {
  readonly start: string;
  readonly end: string;
  readonly exitCode: number;
  readonly output: string;
}

/** A running container's health, as its checks have found it. */
export interface Health {
  readonly status: "starting" | "healthy" | "unhealthy";
  readonly failingStreak: number;
  /** The newest five. */
  readonly log: readonly HealthResult[];
}
