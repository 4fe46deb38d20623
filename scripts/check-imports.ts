// Checks the import rules of the project: which package and which folder may use which. Prints each fault; exits 1 on any.
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { bannedFolders, guardedNames, packageRules, tdockdLayers } from "./import-rules.ts";

const faults = [...packageFaults(), ...(await sourceFaults())];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;

function packageFaults(): string[] {
  return Object.entries(packageRules).flatMap(([name, allowed]) => {
    const { dependencies = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, "utf8"));
    const used = Object.keys(dependencies).flatMap((key) => /^@tdock\/(.+)$/.exec(key)?.[1] ?? []);
    return used
      .filter((other) => !allowed.includes(other))
      .map((other) => `packages/${name}: must not depend on ${other}`);
  });
}

async function sourceFaults(): Promise<string[]> {
  const files = await Array.fromAsync(glob("packages/*/src/**/*.ts"));
  return files.flatMap((file) => [...nameFaults(file), ...tdockdFaults(file)]);
}

function nameFaults(file: string): string[] {
  const parts = file.split("/");
  const banned = parts
    .filter((part) => bannedFolders.includes(part))
    .map((part) => `${file}: folder ${part} says nothing`);
  return parts.at(-1) === "index.ts" ? [...banned, `${file}: no barrel files`] : banned;
}

function tdockdFaults(file: string): string[] {
  const [, path] = /^packages\/tdockd\/src\/(.+)$/.exec(file) ?? [];
  if (path === undefined || path.endsWith(".test.ts")) return [];
  const source = readFileSync(file, "utf8");
  const guarded = guardedNames.filter(({ pattern, allowed }) => pattern.test(source) && !allowed.test(path));
  const upward = runtimeImports(source)
    .map((specifier) => normalize(join(dirname(path), specifier)))
    .filter((target) => !mayImport(folderOf(path), folderOf(target)));
  return [
    ...guarded.map(({ instead, pattern }) => `${file}: ${pattern.source}: ${instead}`),
    ...upward.map((target) => `${file}: must not import ${target}, which is not below it`),
  ];
}

/** The relative modules that a source loads when it runs; imports of types alone are left out. */
function runtimeImports(source: string): string[] {
  const statements = source.matchAll(/^(?:import|export)\s([^;]*?)\sfrom\s"(\.[^"]+)";/gms);
  const fixed = [...statements].filter(([, names = ""]) => !isTypeOnly(names)).map(([, , specifier = ""]) => specifier);
  const dynamic = [...source.matchAll(/\bimport\("(\.[^"]+)"\)/g)].map(([, specifier = ""]) => specifier);
  return [...fixed, ...dynamic];
}

function isTypeOnly(names: string): boolean {
  if (names.startsWith("type ")) return true;
  const [, list] = /^\{(.*)\}$/s.exec(names) ?? [];
  return list?.split(",").every((name) => /^\s*(type\s|$)/.test(name)) ?? false;
}

function folderOf(path: string): string {
  return path.includes("/") ? (path.split("/")[0] ?? "") : path.replace(/\.ts$/, "");
}

function mayImport(from: string, to: string): boolean {
  return from === to || layerOf(from) < layerOf(to);
}

function layerOf(folder: string): number {
  const layer = tdockdLayers.findIndex((folders) => folders.includes(folder));
  if (layer < 0) throw new Error(`packages/tdockd/src/${folder} has no place in the layers of scripts/import-rules.ts`);
  return layer;
}
