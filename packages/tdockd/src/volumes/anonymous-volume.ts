import { randomBytes } from "node:crypto";
import type { Engine } from "../engine.ts";
import { createVolume } from "./create.ts";
import type { VolumePoint } from "./mount-point.ts";

export type AnonymousEngine = Pick<Engine, "events" | "now" | "volumes">;

/** A volume without a name, which goes with the container when that is asked for. */
export async function anonymousVolume(
  engine: AnonymousEngine,
  containerId: string,
  destination: string,
): Promise<VolumePoint> {
  const name = randomBytes(32).toString("hex");
  const labels = { "com.docker.volume.anonymous": "" };
  engine.volumes.hold(containerId, name);
  await createVolume(engine, { name, driver: "local", options: {}, labels, madeFor: containerId });
  const source = engine.volumes.dataFolder(name);
  const place = { destination, isReadOnly: false, mode: "" };
  return { kind: "volume", name, driver: "local", source, subpath: "", isNoCopy: false, isAnonymous: true, ...place };
}
