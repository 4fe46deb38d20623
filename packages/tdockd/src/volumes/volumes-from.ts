import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { MountPoint } from "./mount-point.ts";

/**
 * The volumes and binds of other containers, at the same places: `CONTAINER[:ro|rw|z|Z]`.
 * Throws `not-found` for an unknown container, `invalid-argument`.
 */
export function volumesFrom({ containers }: Pick<Engine, "containers">, references: readonly string[]): MountPoint[] {
  return references.flatMap((text) => {
    const [reference = "", mode = "", ...rest] = text.split(":");
    if (reference === "" || rest.length > 0) {
      throw new TdockError("invalid-argument", `invalid volumes-from specification: ${text}`);
    }
    if (!["", "ro", "rw", "z", "Z"].includes(mode)) throw new TdockError("invalid-argument", `invalid mode: ${mode}`);
    return containers
      .get(reference)
      .mounts.filter(({ kind }) => kind === "volume" || kind === "bind")
      .map((point) => borrowed(point, mode));
  });
}

/** Read-only stays read-only; a volume that was made for another container does not go with this one. */
function borrowed(point: MountPoint, mode: string): MountPoint {
  const isReadOnly = point.isReadOnly || mode === "ro";
  return point.kind === "volume" ? { ...point, isReadOnly, isAnonymous: false } : { ...point, isReadOnly };
}
