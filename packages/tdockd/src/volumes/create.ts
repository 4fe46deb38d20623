import { randomBytes } from "node:crypto";
import type { VolumeCreateBody, Volume as VolumeReply } from "@tdock/api/volumes";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { checkDriverOptions } from "./driver-options.ts";
import { volumeReply } from "./inspect.ts";
import { checkVolumeName, type Volume } from "./volume.ts";

type CreateEngine = Pick<Engine, "events" | "now" | "volumes">;

export interface VolumeRequest {
  /** Has been checked. */
  readonly name: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The container that an anonymous volume is made for. */
  readonly madeFor?: string;
}

/** `POST /volumes/create`: the volume that exists, when there is one of that name. Without a name, one is made up. */
export async function createVolumeFromBody(
  engine: CreateEngine,
  { body }: { readonly body: VolumeCreateBody },
): Promise<VolumeReply> {
  if (body.ClusterVolumeSpec) throw new TdockError("unavailable", "This node is not a swarm manager");
  const isNamed = Boolean(body.Name);
  const volume = await createVolume(engine, {
    name: isNamed ? checkVolumeName(body.Name as string) : randomBytes(32).toString("hex"),
    driver: body.Driver || "local",
    options: body.DriverOpts ?? {},
    labels: { ...body.Labels, ...(isNamed ? {} : { "com.docker.volume.anonymous": "" }) },
  });
  return volumeReply(engine, volume);
}

/** Makes a volume, or answers the one of that name. Throws `invalid-argument`, `not-found` for an unknown driver. */
export async function createVolume(engine: CreateEngine, request: VolumeRequest): Promise<Volume> {
  const { name, driver, options, labels, madeFor = "" } = request;
  if (driver !== "local") {
    const message = `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`;
    throw new TdockError("not-found", message, { reason: "no-such-driver" });
  }
  checkDriverOptions(options);
  const isNew = engine.volumes.find(name) === undefined;
  const createdAt = engine.now().toISOString();
  const volume = await engine.volumes.create({ name, createdAt, driver, options, labels, madeFor });
  if (isNew) engine.events.emit({ type: "volume", action: "create", id: name, attributes: { driver } });
  return volume;
}
