import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { Introspection } from "./gen/introspection_pb.ts";
import type { Rpc } from "./rpc.ts";

/**
 * containerd's content store as files, where this process may reach them. Bytes that go through gRPC cost containerd a
 * second of processor time per 100 MB; the same bytes in the file cost a tenth. Layout: containerd `content/local`,
 * unchanged from 1.0 to 2.x; every file is checked against what containerd says before it is used.
 */
export interface ContentFiles {
  /** The file of an ingest that holds `offset` bytes, to read and append to; undefined when it is out of reach. */
  openIngest(ref: string, offset: number): Promise<FileHandle | undefined>;
  /** The file of a blob of this size; undefined when it is out of reach. */
  openBlob(digest: string, sizeBytes: number): Promise<FileHandle | undefined>;
}

/** The files behind a connection. containerd is asked once where they are. */
export function createContentFiles(rpc: Rpc): ContentFiles {
  let asked: Promise<string | undefined> | undefined;
  const root = (): Promise<string | undefined> => {
    asked ??= askRoot(rpc).catch((error) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };

  return {
    openIngest: async (ref, offset) => {
      const store = await root();
      if (store === undefined) return undefined;
      const backendRef = `${rpc.namespace}/1/${ref}`;
      const folder = join(store, "ingest", createHash("sha256").update(backendRef).digest("hex"));
      const found = await readFile(join(folder, "ref"), "utf8").catch(() => undefined);
      return found === backendRef ? openOfSize(join(folder, "data"), "r+", offset) : undefined;
    },
    openBlob: async (digest, sizeBytes) => {
      const store = await root();
      const [algorithm = "", hex = ""] = digest.split(":");
      if (store === undefined || !/^[a-z0-9]+:[a-f0-9]+$/.test(digest)) return undefined;
      return openOfSize(join(store, "blobs", algorithm, hex), "r", sizeBytes);
    },
  };
}

/** A failure to read or write one of the files; `internal` with the reason `no-space` when the disk is full. */
export function contentFileError(error: unknown): TdockError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return TdockError.from(error);
  return new TdockError("internal", message, { cause: error, reason: "no-space" });
}

async function askRoot(rpc: Rpc): Promise<string | undefined> {
  const filters = ["type==io.containerd.content.v1"];
  const { plugins } = await rpc.unary(Introspection.method.plugins, { filters });
  return plugins[0]?.exports.root;
}

async function openOfSize(path: string, flags: "r" | "r+", sizeBytes: number): Promise<FileHandle | undefined> {
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  if ((await file.stat()).size === sizeBytes) return file;
  await file.close();
  return undefined;
}
