import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { parse } from "yaml";

/** Docker's own description of the Engine API. It lies beside the repository where the project is developed. */
export const descriptionFile = new URL("../../../shared/reference/engine-api-v1.51.yaml", import.meta.url).pathname;

type Schema = { readonly [key: string]: unknown };

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { responses: Record<string, { schema?: Schema }> }>>>
  >;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The checks that the description gives. */
export interface ApiSchema {
  /** What is wrong with the body of an answer, one line each. Throws for an answer that is not described at all. */
  readonly faults: (method: string, path: string, status: number, body: unknown) => string[];
  /** The properties of a definition that `body` has not. */
  readonly missing: (definition: string, body: object) => string[];
  /** Whether the description has this method and path; parameters may have any name. */
  readonly has: (method: string, path: string) => boolean;
}

/** Reads the description. */
export function readApiSchema(): ApiSchema {
  const { paths, definitions } = parse(readFileSync(descriptionFile, "utf8")) as Description;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: "engine", definitions: toJsonSchema(definitions) as Schema });
  const compiled = new Map<Schema, ValidateFunction>();
  const find = (method: string, path: string) => {
    const key = Object.keys(paths).find((described) => shapeOf(described) === shapeOf(path));
    return paths[key ?? ""]?.[method.toLowerCase()];
  };
  return {
    has: (method, path) => find(method, path) !== undefined,
    missing: (name, body) => Object.keys(propertiesOf(definitions, { $ref: name })).filter((key) => !(key in body)),
    faults: (method, path, status, body) => {
      const response = find(method, path)?.responses[status];
      if (!response) throw new Error(`${method} ${path} has no answer ${status} in the description`);
      if (!response.schema) return [];
      const validate = compiled.get(response.schema) ?? ajv.compile(toJsonSchema(response.schema) as Schema);
      compiled.set(response.schema, validate);
      return validate(body) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
    },
  };
}

/** A path with its parameters' names taken out. */
function shapeOf(path: string): string {
  return path.replace(/\{[^}]+\}|:[a-zA-Z]+/g, "{}");
}

/** All properties of a schema, those of its references and of the parts it is put together from too. */
function propertiesOf(definitions: Description["definitions"], schema: Schema): Schema {
  const { $ref, allOf = [], properties = {} } = schema as { $ref?: string; allOf?: Schema[]; properties?: Schema };
  if ($ref !== undefined) return propertiesOf(definitions, definitions[$ref.split("/").at(-1) ?? ""] ?? {});
  return Object.assign({}, ...allOf.map((part) => propertiesOf(definitions, part)), properties);
}

/**
 * Swagger 2's dialect as JSON Schema: `x-nullable`, and references into the description's definitions. A list, a map or
 * a pointer of Docker's own answers may be null where nothing was set, whether or not the description says so. What it
 * wants and does not describe (`UnpackedSize` of an image's manifest) Docker does not give either.
 */
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (typeof value !== "object" || value === null) return value;
  const { "x-nullable": nullable, example: _, ...rest } = value as Schema;
  const { required, properties } = rest as { readonly required?: unknown; readonly properties?: object };
  const described = Array.isArray(required) &&
    properties && { required: required.filter((name) => name in properties) };
  const entries = Object.entries({ ...rest, ...described });
  const schema = Object.fromEntries(entries.map(([key, part]) => [key, convertPart(key, part)]));
  return nullable === true || isEmptiable(rest) ? { anyOf: [schema, { type: "null" }] } : schema;
}

/** Members that are nil in Docker's Go structures when they were not set. */
function isEmptiable({ type, format }: Schema): boolean {
  return type === "array" || (type === "object" && format === undefined) || (type === "integer" && format === "int64");
}

function convertPart(key: string, part: unknown): unknown {
  return key === "$ref" && typeof part === "string" ? `engine${part}` : toJsonSchema(part);
}
