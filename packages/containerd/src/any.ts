import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { AnySchema } from "@bufbuild/protobuf/wkt";

/** Type URLs under which containerd carries OCI runtime documents as JSON (`typeurl.Register` in its `runtime` code). */
export const ociTypeUrls = {
  spec: "types.containerd.io/opencontainers/runtime-spec/1/Spec",
  process: "types.containerd.io/opencontainers/runtime-spec/1/Process",
  linuxResources: "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources",
} as const;

/** A JSON document as containerd's typeurl package packs it. */
export function encodeJsonAny(typeUrl: string, document: object): Any {
  return create(AnySchema, { typeUrl, value: Buffer.from(JSON.stringify(document)) });
}

/** The inverse of {@link encodeJsonAny}; undefined when there is none. Throws SyntaxError when it is not JSON. */
export function decodeJsonAny(any: Any | undefined): object | undefined {
  if (any === undefined || any.value.length === 0) return undefined;
  return JSON.parse(Buffer.from(any.value).toString("utf8")) as object;
}

/** A message as containerd's typeurl package packs it: its type URL is the bare message name, with no host. */
export function encodeMessageAny<M extends DescMessage>(schema: M, init: MessageInitShape<M>): Any {
  return create(AnySchema, { typeUrl: schema.typeName, value: toBinary(schema, create(schema, init)) });
}

/** The inverse of {@link encodeMessageAny}, with or without a host in the type URL; undefined for another type. */
export function decodeMessageAny<M extends DescMessage>(schema: M, any: Any | undefined): MessageShape<M> | undefined {
  return any !== undefined && messageName(any) === schema.typeName ? fromBinary(schema, any.value) : undefined;
}

/** The message's name without the host that newer versions put before it. */
export function messageName(any: Any): string {
  return any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1);
}
