import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { descriptionFile } from "./contract/schema.ts";

const root = new URL("..", import.meta.url).pathname;

// Docker's description of its API is not part of the project: the contract is checked where it is at hand.
const contract = existsSync(descriptionFile) ? ["test/contract/**/*.test.ts"] : [];

// Two projects: `unit` stands beside the source and needs nothing; `system` drives the assembled product as root.
// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    projects: [
      {
        root,
        test: {
          name: "unit",
          exclude: ["**/node_modules/**", "**/*.itg.test.ts"],
          include: ["packages/**/src/**/*.test.ts", "test/{harness,bench}/**/*.test.ts"],
        },
      },
      {
        root,
        test: {
          name: "system",
          include: ["test/{api,e2e,foreign,faults}/**/*.test.ts", "{packages,test}/**/*.itg.test.ts", ...contract],
          globalSetup: "test/harness/global-setup.ts",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Each file has a tdockd of its own, and half of its time goes by in waiting: three at a time keep two cores busy.
          maxWorkers: 3,
          // Two cores are shared with all that a test starts: what fails is tried once more, and twice is a failure.
          retry: 1,
        },
      },
    ],
  },
});
