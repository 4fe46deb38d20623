import { glob } from "node:fs/promises";
import type { EndpointShape } from "@tdock/api/endpoint";
import { describe, expect, it } from "vitest";
import { readApiSchema } from "./schema.ts";

const source = new URL("../../packages/api/src/", import.meta.url).pathname;

/** Endpoints that clients use although the description leaves them out, and tdock's own. */
const beyond = ["HEAD /_ping", "GET /containers/:id/attach/ws", "POST /build/cancel", "POST /grpc"];
const own = [
  /^POST \/exec\/:id\/kill$/,
  /^POST \/containers\/:id\/exec\/run$/,
  /^POST \/system\/free$/,
  /^POST \/images\/copy$/,
  /^POST \/images\/\*name\/(pin|unpin|convert)$/,
  /^(GET|POST) \/distribution\/\*name\/(manifest|index)$/,
  /^(POST|PUT) \/build\/(context|agent)/,
  /^(GET|POST) \/volumes\/:name\/(export|import|clone)$/,
  /^\w+ \/tdock\//,
];

const endpoints = await declaredEndpoints();

describe("the endpoints of @tdock/api", () => {
  const schema = readApiSchema();

  it.each(endpoints.map(({ method, path }) => `${method} ${path}`))("%s is in Docker's description", (endpoint) => {
    const [method = "", path = ""] = endpoint.split(" ");

    expect(
      schema.has(method, path.replace("*", ":")) ||
        beyond.includes(endpoint) ||
        own.some((pattern) => pattern.test(endpoint)),
    ).toBe(true);
  });

  it("are declared once each", () => {
    const names = endpoints.map(({ method, path }) => `${method} ${path}`);

    expect(names).toEqual([...new Set(names)]);
  });
});

async function declaredEndpoints(): Promise<EndpointShape[]> {
  const files = (await Array.fromAsync(glob("*.ts", { cwd: source }))).filter((file) => !file.endsWith(".test.ts"));
  const modules: Record<string, unknown>[] = await Promise.all(files.map((file) => import(`${source}${file}`)));
  return modules.flatMap((module) => Object.values(module)).filter(isEndpoint);
}

function isEndpoint(value: unknown): value is EndpointShape {
  return typeof value === "object" && value !== null && "kind" in value && "method" in value && "path" in value;
}
