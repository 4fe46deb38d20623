import { readFileSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import { parseCsvLine } from "../flags/csv.ts";
import { splitPair } from "../flags/pairs.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads `--secret id=NAME[,src=FILE][,env=VARIABLE][,type=file|env]` into ID -> base64. Without a source, a variable of
 * the ID's name, else a file. Throws `invalid-argument`, `not-found`.
 */
export function readSecrets(values: readonly string[], env: Env): Record<string, string> {
  const secrets: Record<string, string> = Object.create(null);
  for (const value of values) {
    const { id, bytes } = readSecret(value, env);
    secrets[id] = bytes.toString("base64");
  }
  return secrets;
}

function readSecret(value: string, env: Env): { id: string; bytes: Buffer } {
  const fields = new Map<string, string>();
  for (const field of parseCsvLine(value)) {
    const [name, text] = splitPair(field);
    if (text === undefined)
      throw new TdockError("invalid-argument", `invalid field '${field}' must be a key=value pair`);
    if (!["id", "src", "source", "env", "type"].includes(name)) {
      throw new TdockError("invalid-argument", `unexpected key '${name}' in '${field}'`);
    }
    fields.set(name === "source" ? "src" : name, text);
  }
  const { id, src, env: variable, type } = Object.fromEntries(fields) as Record<string, string | undefined>;
  const name = id ?? variable ?? src ?? "";
  if (name === "") throw new TdockError("invalid-argument", `a secret needs an id: ${value}`);
  const wanted =
    variable ?? (type === "env" ? (src ?? name) : src === undefined && env[name] !== undefined ? name : "");
  return { id: name, bytes: wanted === "" ? readFile(src ?? name) : readVariable(wanted, env) };
}

function readVariable(name: string, env: Env): Buffer {
  const value = env[name];
  if (value === undefined) throw new TdockError("not-found", `secret: the variable ${name} is not set`);
  return Buffer.from(value);
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new TdockError("not-found", `secret: cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
