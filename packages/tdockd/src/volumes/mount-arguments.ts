import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { TdockError } from "@tdock/errors/error";

/** The options of the local driver that are given to mount(8). */
export interface MountOptions {
  readonly type?: string;
  readonly device?: string;
  readonly o?: string;
}

/**
 * What mount(8) is called with. As in Docker, an option `addr` of NFS and CIFS means that the kernel mounts by that
 * address itself: a device like `:/export` names no server, which the helpers of these file systems would refuse. Without
 * it, they find the address. Throws `invalid-argument` for a name that has none.
 */
export async function mountArguments(options: MountOptions, folder: string): Promise<string[]> {
  const { type, device = "", o = "" } = options;
  const isByAddress = /^(nfs4?|cifs)$/.test(type ?? "") && addressOption.test(o);
  const resolved = isByAddress ? await resolveAddress(o) : o;
  return [
    ...(isByAddress ? ["-i"] : []),
    "-t",
    type || "none",
    ...(resolved === "" ? [] : ["-o", resolved]),
    "--",
    device,
    folder,
  ];
}

/** A text about a mount without the password that is in its options. */
export function withoutPassword(text: string): string {
  return text.replace(/\b(pass(word)?)=[^,\s]*/g, "$1=********");
}

const addressOption = /(?:^|,)addr=([^,]+)/;

async function resolveAddress(o: string): Promise<string> {
  const [, host = ""] = addressOption.exec(o) ?? [];
  if (isIP(host) !== 0) return o;
  try {
    const { address } = await lookup(host);
    return o.replace(`addr=${host}`, `addr=${address}`);
  } catch (cause) {
    throw new TdockError("invalid-argument", `failed to mount local volume: no address of ${host} is known`, { cause });
  }
}
