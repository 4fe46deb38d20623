import type { Descriptor as DescriptorMessage } from "./gen/types_pb.ts";

/** An OCI content descriptor (image-spec `descriptor.md`), with the fields that containerd keeps. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:<64 hex>`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The record of a wire message. */
export function descriptorOf(message: DescriptorMessage): Descriptor {
  const { mediaType, digest, size, annotations } = message;
  return { mediaType, digest, size: Number(size), ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
}

/** The inverse of {@link descriptorOf}, as a message's initial value. */
export function descriptorInit({ mediaType, digest, size, annotations }: Descriptor) {
  return { mediaType, digest, size: BigInt(size), annotations: { ...annotations } };
}
