import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostTls } from "./registry-host.ts";

/**
 * Certificates as Docker lays them down for a registry: `*.crt` are authorities, `x.cert` with `x.key` is this client's.
 * Undefined when the folder is missing or has none.
 */
export async function readDockerCertificates(directory: string): Promise<HostTls | undefined> {
  const names = await readdir(directory).catch(() => []);
  const read = (name: string) => readFile(join(directory, name), "utf8");
  const ca = await Promise.all(names.filter((name) => name.endsWith(".crt")).map(read));
  const cert = names.find((name) => name.endsWith(".cert"));
  if (ca.length === 0 && cert === undefined) return undefined;
  return {
    skipVerify: false,
    ca,
    ...(cert !== undefined && { cert: await read(cert), key: await read(cert.replace(/\.cert$/, ".key")) }),
  };
}
