const root = new URL("../../..", import.meta.url).pathname;

/** The launchers of the assembled product, as scripts/install links them. */
export const programs = {
  tdock: `${root}packages/cli/bin/tdock`,
  tdockd: `${root}packages/tdockd/bin/tdockd`,
} as const;
