import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { usersOf } from "./users.ts";
import { isMounted } from "./volume.ts";

type RemoveEngine = Pick<Engine, "containers" | "events" | "volumes">;

/** `DELETE /volumes/{name}`. Throws `conflict` while a container uses it; with `force`, a missing one is no error. */
export async function removeVolume(
  engine: RemoveEngine,
  { name, force = false }: { readonly name: string; readonly force?: boolean },
): Promise<void> {
  if (force && engine.volumes.find(name) === undefined) return;
  engine.volumes.get(name);
  const users = usersOf(engine, name);
  if (users.length > 0) {
    const message = `remove ${name}: volume is in use - [${users.join(", ")}]`;
    throw new TdockError("conflict", message, { reason: "in-use" });
  }
  await removeVolumeData(engine, name);
}

/** Removes a volume whose users the caller has seen to. */
export async function removeVolumeData(
  { events, volumes }: Pick<Engine, "events" | "volumes">,
  name: string,
): Promise<void> {
  const volume = volumes.get(name);
  const { driver } = volume;
  if (isMounted(volume)) await volumes.mounted.drop(name, volumes.dataFolder(name));
  await volumes.remove(name);
  events.emit({ type: "volume", action: "destroy", id: name, attributes: { driver } });
}
