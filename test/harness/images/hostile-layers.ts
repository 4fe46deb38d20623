import { dirname } from "node:path";
import { directory, file, hardlink, symlink, type TarEntry } from "./tar-layer.ts";

/** Layers of an image that tries to reach files of the host, bottom first. */
export type HostileLayers = readonly (readonly TarEntry[])[];

const payload = "written by a hostile layer\n";

/**
 * Images that must either be refused or stay inside their own root, whichever door they come through. `canary` is a
 * file of the host, given absolute; each image tries to change, replace or reveal it, or to create a file beside it.
 */
export function hostileLayers(canary: string): Readonly<Record<string, HostileLayers>> {
  const folder = dirname(canary);
  const inFolder = folder.slice(1);
  const climb = `${"../".repeat(30)}${canary.slice(1)}`;
  const beside = `${folder}/planted-by-a-layer`;
  return {
    "absolute-name": [[file(canary, payload)]],
    "absolute-new-name": [[file(beside, payload)]],
    "parent-name": [[file(climb, payload)]],
    "parent-inside-name": [[directory("a"), file(`a/${climb}`, payload)]],
    "dot-parent-name": [[file(`./${climb}`, payload)]],
    "backslash-name": [[file(climb.replaceAll("/", "\\"), payload)]],
    "only-parent": [[directory("..", 0o777)]],
    "only-slashes": [[directory("///", 0o777)]],
    "symlink-then-file": [[symlink("link", folder), file("link/planted-by-a-layer", payload)]],
    "symlink-then-overwrite": [[symlink("link", canary), file("link", payload)]],
    "relative-symlink-then-file": [
      [symlink("link", "../".repeat(30) + inFolder), file("link/planted-by-a-layer", payload)],
    ],
    "symlink-of-earlier-layer": [[symlink("link", folder)], [file("link/planted-by-a-layer", payload)]],
    "symlink-chain": [[symlink("a", "b"), symlink("b", folder), file("a/planted-by-a-layer", payload)]],
    "hardlink-absolute": [[hardlink("hard", canary), file("hard", payload)]],
    "hardlink-parent": [[hardlink("hard", climb), file("hard", payload)]],
    "hardlink-through-symlink": [
      [symlink("link", folder), hardlink("hard", `link/${canary.slice(folder.length + 1)}`), file("hard", payload)],
    ],
    "hardlink-to-symlink": [[symlink("link", canary), hardlink("hard", "link"), file("hard", payload)]],
    "mode-through-symlink": [
      [
        symlink("link", canary),
        { name: "link", type: "symlink", linkname: canary, mode: 0o777, uid: 1, gid: 1, mtime: new Date(1000) },
      ],
    ],
    "attribute-through-symlink": [
      [
        {
          ...symlink("link", canary),
          pax: { "SCHILY.xattr.user.planted": payload, "SCHILY.xattr.trusted.planted": payload },
        },
      ],
    ],
    "set-user-id-through-symlink": [[symlink("link", canary), { ...file("link", payload, 0o6777), uid: 0, gid: 0 }]],
    devices: [
      [
        { name: "disk", type: "block-device", devmajor: 8, devminor: 0, mode: 0o666 },
        { name: "kmsg", type: "character-device", devmajor: 1, devminor: 11, mode: 0o666 },
        { name: "memory", type: "character-device", devmajor: 1, devminor: 1, mode: 0o666 },
        { name: "pipe", type: "fifo", mode: 0o666 },
      ],
    ],
    "folder-over-symlink": [[symlink("link", folder), directory("link", 0o777)]],
    "whiteout-parent": [[file(".wh...", "")]],
    "whiteout-dot": [[file(".wh..", "")]],
    "whiteout-climbing": [[directory("dir"), file(`dir/.wh.${"../".repeat(30)}${canary.slice(1)}`, "")]],
    "whiteout-through-symlink": [[symlink("link", folder)], [file(`link/.wh.${canary.slice(folder.length + 1)}`, "")]],
    "opaque-through-symlink": [[symlink("link", folder)], [file("link/.wh..wh..opq", "")]],
    "whiteout-and-file": [[file("x", "lower")], [file(".wh.x", ""), file("x", "upper")]],
    "type-changes": [[directory("a"), symlink("a", folder), file("a/planted-by-a-layer", payload)]],
  };
}
