import type { DiskUsage, systemDiskUsage } from "@tdock/api/disk-usage";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import { buildCacheUsage } from "../build/cache-usage.ts";
import { listContainers } from "../containers/list.ts";
import { logBytes } from "../containers/log-bytes.ts";
import type { Engine } from "../engine.ts";
import { imageUsage } from "../images/disk-usage.ts";
import { listVolumes } from "../volumes/list.ts";

type Kind = "image" | "container" | "volume" | "build-cache";

/** Each kind is its own domain's to tell; here they only come together, since no domain may know them all. */
const kinds: Readonly<Record<Kind, (engine: Engine) => Promise<DiskUsage>>> = {
  image: async (engine) => {
    const [{ totalBytes, images }, partial] = await Promise.all([imageUsage(engine), engine.arrivals.partial()]);
    const Downloads = partial.map(({ digest, bytes, isUnderWay }) => ({
      ...{ Digest: digest, Size: bytes, InUse: isUnderWay },
    }));
    return { LayersSize: totalBytes, Images: images, Downloads };
  },
  container: async (engine) => {
    const listed = await listContainers(engine, { all: true, size: true });
    return {
      Containers: await Promise.all(listed.map(async (one) => ({ ...one, SizeLogs: await logBytes(engine, one.Id) }))),
    };
  },
  volume: async (engine) => ({ Volumes: (await listVolumes(engine, { size: true })).Volumes ?? [] }),
  "build-cache": async (engine) => ({ BuildCache: await buildCacheUsage(engine) }),
};

/** `GET /system/df`. Throws `invalid-argument` for an unknown kind. */
export async function showDiskUsage(engine: Engine, { type = [] }: Input<typeof systemDiskUsage>): Promise<DiskUsage> {
  const wanted = type.length === 0 ? Object.keys(kinds) : type;
  const parts = wanted.map((kind) => {
    if (!Object.hasOwn(kinds, kind)) throw new TdockError("invalid-argument", `unknown object type: ${kind}`);
    return kinds[kind as Kind](engine);
  });
  return Object.assign({}, ...(await Promise.all(parts)));
}
