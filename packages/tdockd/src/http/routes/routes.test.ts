import { glob } from "node:fs/promises";
import type { EndpointShape } from "@tdock/api/endpoint";
import { expect, it } from "vitest";
import type { Route } from "../route.ts";

const here = new URL("./", import.meta.url).pathname;
const api = new URL("../../../../api/src/", import.meta.url).pathname;

it("answers every endpoint that is declared, each by one route, and nothing else", { timeout: 60_000 }, async () => {
  const declared = (await valuesOf(api)).flat().filter(isEndpoint).map(nameOf).sort();
  const routes = (await valuesOf(here)).filter(Array.isArray).flat() as Route[];

  expect(routes.map(({ endpoint }) => nameOf(endpoint)).sort()).toEqual(declared);
});

async function valuesOf(folder: string): Promise<unknown[]> {
  const files = (await Array.fromAsync(glob("*.ts", { cwd: folder }))).filter((file) => !file.endsWith(".test.ts"));
  const modules: Record<string, unknown>[] = await Promise.all(files.map((file) => import(`${folder}${file}`)));
  return modules.flatMap((module) => Object.values(module));
}

function isEndpoint(value: unknown): value is EndpointShape {
  return typeof value === "object" && value !== null && "kind" in value && "method" in value && "path" in value;
}

function nameOf({ method, path }: Pick<EndpointShape, "method" | "path">): string {
  return `${method} ${path}`;
}
