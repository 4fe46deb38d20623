import type { ImageInspect } from "@tdock/api/images";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { apartFromIndex } from "./apart-from-index.ts";
import type { ImageRecord } from "./image.ts";
import { storedBlobs } from "./image-parts.ts";
import { manifestSummaries } from "./manifest-summaries.ts";
import { requestedPlatform } from "./requested-platform.ts";

type InspectEngine = Pick<Engine, "blobs" | "containerd" | "containers" | "images" | "layerSizes">;

/** Which image, and for which platform, or with what all its index holds. */
interface Inspection {
  readonly name: string;
  readonly platform?: string;
  readonly manifests?: boolean;
}

/** `GET /images/{name}/json`. Throws `not-found`, `invalid-argument` for a platform and all manifests at once. */
export async function inspectImage(
  engine: InspectEngine,
  { name, platform, manifests = false }: Inspection,
): Promise<ImageInspect> {
  if (platform && manifests) {
    throw new TdockError("invalid-argument", "conflicting options: manifests and platform options cannot both be set");
  }
  const found = await engine.images.resolve(name, requestedPlatform(platform));
  const image = platform ? apartFromIndex(found) : found;
  const [unpackedBytes, taggedAt] = await Promise.all([
    engine.layerSizes.stackBytes(image.chainId),
    latestTagTime(engine, found),
  ]);
  const { target } = image;
  return {
    Id: image.id,
    Descriptor: { mediaType: target.mediaType, digest: target.digest, size: target.size },
    RepoTags: [...image.repoTags],
    RepoDigests: [...image.repoDigests],
    Comment: image.history.at(-1)?.comment ?? "",
    ...(image.createdAt !== undefined && { Created: image.createdAt }),
    DockerVersion: "",
    Author: image.author ?? "",
    Config: configOf(image),
    ...forOldClients(image),
    Architecture: image.architecture,
    ...(image.variant !== undefined && { Variant: image.variant }),
    Os: image.os,
    ...(image.osVersion !== undefined && { OsVersion: image.osVersion }),
    Size: image.contentBytes + unpackedBytes,
    GraphDriver: { Name: "overlayfs", Data: {} },
    RootFS: { Type: "layers", Layers: [...image.diffIds] },
    ...(manifests && { Manifests: await manifestSummaries(engine, image, await storedBlobs(engine)) }),
    Metadata: { ...(taggedAt !== undefined && { LastTagTime: taggedAt.toISOString() }) },
  };
}

/** Gone from the API with version 1.45; docker-compose 1.29 looks for the image's volumes there and nowhere else. */
function forOldClients(image: ImageRecord): { ContainerConfig: ImageInspect["Config"] } {
  return { ContainerConfig: configOf(image) };
}

function configOf({ config }: ImageRecord): ImageInspect["Config"] {
  const { User, ExposedPorts, Env, Cmd, Entrypoint, Volumes, WorkingDir, OnBuild, Labels, StopSignal, Shell } = config;
  return {
    User: User ?? "",
    ...(ExposedPorts && { ExposedPorts: emptyObjects(ExposedPorts) }),
    Env: Env ?? [],
    Cmd: Cmd ?? [],
    ...(config.Healthcheck && {
      Healthcheck: config.Healthcheck as NonNullable<ImageInspect["Config"]>["Healthcheck"],
    }),
    ...(config.ArgsEscaped && { ArgsEscaped: true }),
    ...(Volumes && { Volumes: emptyObjects(Volumes) }),
    WorkingDir: WorkingDir ?? "",
    Entrypoint: Entrypoint ?? [],
    OnBuild: OnBuild ?? [],
    Labels: Labels ?? {},
    ...(StopSignal && { StopSignal }),
    ...(Shell && { Shell }),
  } as ImageInspect["Config"];
}

function emptyObjects(map: Readonly<Record<string, unknown>>): Record<string, object> {
  const result: Record<string, object> = Object.create(null);
  for (const key of Object.keys(map)) result[key] = {};
  return result;
}

async function latestTagTime({ images }: Pick<Engine, "images">, image: ImageRecord): Promise<Date | undefined> {
  const times = (await images.names())
    .filter(({ target }) => target.digest === image.target.digest)
    .flatMap(({ createdAt }) => (createdAt === undefined ? [] : [createdAt.getTime()]));
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}
