/** Which packages of the workspace each may depend on. */
export const packageRules: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  api: ["errors"],
  cli: ["errors", "api"],
  containerd: ["errors"],
  buildkit: ["errors", "containerd"],
  keeper: ["errors"],
  tdockd: ["errors", "api", "buildkit", "containerd", "keeper"],
};

/** Folders of tdockd, highest first. What runs may only be imported from a lower row; types from anywhere. */
export const tdockdLayers: readonly (readonly string[])[] = [
  ["main"],
  ["http"],
  ["build", "containers"],
  ["images", "networks", "volumes", "system"],
  ["runtime", "registry", "events"],
  ["host"],
  ["config", "engine"],
];

/** Names that say nothing: no folder may have one. */
export const bannedFolders = ["utils", "common", "helpers", "core", "services", "managers", "types"];

/** Modules that only the named files of tdockd may import: there is one place for each of these effects. */
export const guardedNames: readonly { readonly pattern: RegExp; readonly allowed: RegExp; readonly instead: string }[] =
  [
    {
      pattern: /\bwriteFile(Sync)?\b/,
      allowed: /^host\/atomic-file\.ts$/,
      instead: "host/atomic-file.ts writes files",
    },
    {
      pattern: /from "node:child_process"/,
      allowed: /^host\/(run|piped|descriptor)-command\.ts$|^runtime\/detached-process\.ts$|\/testing\//,
      instead: "host/run-command.ts and its siblings run programs",
    },
    {
      pattern: /\bprocess\.(env|argv)\b/,
      // The last two hand the environment on to the programs they start.
      allowed: /^(config|main)\.ts$|^host\/run-command\.ts$|^runtime\/detached-process\.ts$/,
      instead: "config.ts reads them",
    },
    {
      pattern: /\bDate\.now\(|\bnew Date\(\)/,
      allowed: /^main\.ts$|^registry\/request\.ts$|\/testing\//,
      instead: "engine.now() is the clock",
    },
  ];
