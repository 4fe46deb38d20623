import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { containerCommit } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Engine } from "../engine.ts";
import { addLayer, writeLayer } from "../images/add-layer.ts";
import type { ImageRecord } from "../images/image.ts";
import { overlayFolders } from "../images/layer/overlay-folders.ts";
import { packLayer } from "../images/layer/pack-layer.ts";
import { formatFamiliar, formatReference } from "../images/reference.ts";
import { newTag } from "../images/tag.ts";
import { runtimeStubs } from "./changes.ts";
import type { Container } from "./container.ts";
import { containerEvent } from "./event.ts";
import { mergeConfig } from "./merge-config.ts";
import { mountsOf } from "./rootfs-of.ts";
import { thaw } from "./thaw.ts";

type CommitEngine = Pick<
  Engine,
  | "arrivalLease"
  | "arrivingFolder"
  | "blobs"
  | "containerd"
  | "containers"
  | "disk"
  | "events"
  | "execs"
  | "images"
  | "layers"
  | "now"
>;

/** Lays instructions of a Dockerfile (`CMD`, `ENV`, …) over a configuration. Throws `invalid-argument`. */
export type ApplyChanges = (config: ReturnType<typeof imageConfigOf>, changes: readonly string[]) => object;

/**
 * Makes an image of what a container has changed over its own image. A container that runs is frozen while its files
 * are read, whatever `pause` says: of files that change under the reader, none could be trusted.
 * Throws `not-found` when the container or its image is gone, `invalid-argument` for a name or a change.
 */
export async function commitContainer(
  engine: CommitEngine,
  input: Input<typeof containerCommit>,
  applyChanges: ApplyChanges,
  signal: AbortSignal,
): Promise<{ readonly Id: string }> {
  const { id } = engine.containers.get(input.container ?? "");
  const name = input.repo ? newTag(input.repo, input.tag ?? "") : undefined;
  using _lock = await engine.containers.lock(id);
  const container = engine.containers.get(id);
  const image = await engine.images.resolve(container.imageId);
  const asked = mergeConfig(input.body ?? {}, container.config);
  const config = applyChanges(imageConfigOf(asked), input.changes ?? []);
  const folder = join(engine.arrivingFolder, `commit-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const top = await whileFrozen(engine, container, () => packChanges(engine, container, join(folder, "layer.tar")));
    const document = documentOf(engine, { input, container, image, config, diffId: top.digest });
    const configBytes = Buffer.from(JSON.stringify(document));
    const below = { layers: image.manifest.layers, diffIds: image.diffIds };
    const made = { below, top, configBytes, name: name && formatReference(name) };
    const Id = await addLayer(engine, made, signal);
    const imageRef = name === undefined ? "" : formatFamiliar(name);
    if (name !== undefined)
      engine.events.emit({ type: "image", action: "tag", id: Id, attributes: { name: imageRef } });
    containerEvent(engine, container, "commit", { comment: input.comment ?? "", imageID: Id, imageRef });
    return { Id };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function whileFrozen<T>(engine: CommitEngine, container: Container, work: () => Promise<T>): Promise<T> {
  const { id, status } = container;
  if (status.kind !== "running") return work();
  using _noStarts = await engine.execs.starts.close(id);
  await engine.containerd.tasks.pause(id);
  containerEvent(engine, container, "pause");
  try {
    return await work();
  } finally {
    await thaw(engine, id);
    containerEvent(engine, container, "unpause");
  }
}

/** What only the runtime has made, to mount on, is no change of the container's. */
async function packChanges(engine: CommitEngine, container: Container, path: string) {
  const folders = overlayFolders(await mountsOf(engine, container));
  const omitted = new Set([...runtimeStubs(folders)].map((stub) => stub.slice(1)));
  return writeLayer(packLayer(folders.upper, omitted), path);
}

interface Committed {
  readonly input: Input<typeof containerCommit>;
  readonly container: Container;
  readonly image: ImageRecord;
  readonly config: object;
  readonly diffId: string;
}

/** The image's configuration, as of the OCI image-spec's config.md. */
function documentOf({ now }: CommitEngine, { input, container, image, config, diffId }: Committed): object {
  const { Entrypoint, Cmd } = container.config;
  const created = now().toISOString();
  const author = input.author || image.author;
  const step = {
    created,
    created_by: [...(Entrypoint ?? []), ...(Cmd ?? [])].join(" "),
    ...(author && { author }),
    ...(input.comment && { comment: input.comment }),
  };
  const { os, architecture, variant } = image;
  return {
    ...{ architecture, os, created, config },
    ...(variant && { variant }),
    ...(author && { author }),
    rootfs: { type: "layers", diff_ids: [...image.diffIds, diffId] },
    history: [...image.history, step],
  };
}

/** What an image may say; the rest of a container's configuration is its own. */
function imageConfigOf(config: Container["config"]) {
  const { ExposedPorts, Env, Entrypoint, Cmd, Volumes, Labels, Shell, OnBuild } = config;
  return {
    ...{ ExposedPorts, Env, Entrypoint, Cmd, Volumes, Labels, Shell, OnBuild },
    User: config.User ?? undefined,
    WorkingDir: config.WorkingDir ?? undefined,
    StopSignal: config.StopSignal ?? undefined,
    Healthcheck: config.Healthcheck ?? undefined,
  };
}
