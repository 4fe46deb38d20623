import { type IdentityFiles, resolveUser } from "../../runtime/spec/user.ts";
import type { Selected } from "../copy/select.ts";
import { parseMode } from "../plan/file-mode.ts";
import type { TreeEntry } from "../tree/entry.ts";
import type { Entries } from "../tree/walk-tree.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who `--chown` means, by the files of the image that is written to. A number without a group stands for both,
 * as Docker documents. Throws `invalid-argument` for a name that the image does not know.
 */
export function parseOwner(chown: string, files: IdentityFiles): Owner {
  const user = /^\d+$/.test(chown) ? `${chown}:${chown}` : chown;
  const { uid, gid } = resolveUser(user, [], files);
  return { uid, gid };
}

/** Gives everything that was selected an owner and a mode, where they are asked for. Links have no mode. */
export function changeSelected(selected: Selected, owner: Owner | undefined, chmod: string): Selected {
  const change = chmod === "" ? undefined : parseMode(chmod);
  const apply = (entry: TreeEntry): TreeEntry => {
    const mode =
      change === undefined || entry.kind === "link" ? entry.mode : change(entry.mode, entry.kind === "folder");
    return { ...entry, ...owner, mode };
  };
  if (owner === undefined && change === undefined) return selected;
  return {
    ...selected,
    root: apply(selected.root),
    entries: { [Symbol.iterator]: () => changedEntries(selected.entries, apply) },
  };
}

function* changedEntries(entries: Entries, apply: (entry: TreeEntry) => TreeEntry) {
  for (const [path, entry] of entries) yield [path, apply(entry)] as const;
}
