import type { ImageInspect } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { requestedPlatform } from "./requested-platform.ts";

type InspectEngine = Pick<Engine, "images" | "layerSizes">;

/** `GET /images/{name}/json`. Throws `not-found`. */
export async function inspectImage(
  engine: InspectEngine,
  { name, platform }: { readonly name: string; readonly platform?: string },
): Promise<ImageInspect> {
  const image = await engine.images.resolve(name, requestedPlatform(platform));
  const [unpackedBytes, taggedAt] = await Promise.all([
    engine.layerSizes.stackBytes(image.chainId),
    latestTagTime(engine, image),
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
