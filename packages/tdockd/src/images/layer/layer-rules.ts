import { malformed } from "../../host/tar-header.ts";

/** An entry of a layer as the unpacker will see it. Texts are latin1: one char per byte. */
export interface LayerEntry {
  readonly name: string;
  readonly linkName: string;
  readonly type: string;
  /** Extended attributes it carries. */
  readonly attributes: readonly string[];
}

/** What has to be done to a layer's folder besides unpacking. Paths are relative, in UTF-8. */
export interface LayerFacts {
  /** Paths that hide what lower layers have there. */
  readonly whiteouts: readonly string[];
  /** Folders that hide what lower layers have in them; "" is the root. */
  readonly opaques: readonly string[];
  /** Folders that are needed but not described, so that a lower layer's description holds; "" is the root. */
  readonly impliedFolders: readonly string[];
  /**
   * Why the layer must be unpacked over the layers below it: an entry goes through a link, or a name changes its kind.
   * Undefined for the usual layer.
   */
  readonly needsLowerLayers: string | undefined;
}

// Beyond this, a layer's names would take too much memory here; containerd can do without.
const maxRemembered = 200_000;
const whiteoutPrefix = ".wh.";
const metadataPrefix = ".wh..wh.";
const opaqueMarker = ".wh..wh..opq";

/**
 * Judges the entries of one layer, in order: refuses what reaches out of the layer's root, takes out whiteouts, and
 * collects the {@link LayerFacts}. Follows https://github.com/opencontainers/image-spec/blob/main/layer.md.
 */
export class LayerRules {
  readonly #folders = new Set<string>();
  readonly #implied = new Set<string>();
  readonly #links = new Set<string>();
  readonly #whiteouts: string[] = [];
  readonly #opaques: string[] = [];
  #needsLowerLayers: string | undefined;

  /** Whether the entry is to be unpacked; a whiteout is not. Throws `invalid-argument` that names the entry. */
  admit(entry: LayerEntry): boolean {
    const path = normalPath(entry.name);
    checkEntry(entry, path);
    const parent = parentOf(path);
    const base = path.slice(parent === "" ? 0 : parent.length + 1);
    // What aufs kept for itself, in layers of its days, is nothing to anybody else.
    if (parent.split("/").some((part) => part.startsWith(metadataPrefix))) return false;
    this.#need(parent);
    if (base.startsWith(whiteoutPrefix)) {
      this.#hide(parent, base);
      return false;
    }
    if (entry.type === "1") this.#need(parentOf(normalPath(entry.linkName)), false);
    this.#place(entry, path);
    return true;
  }

  /** What was found, once all entries were judged. */
  facts(): LayerFacts {
    const implied = [...this.#implied].filter((path) => !this.#folders.has(path));
    if (!this.#folders.has("")) implied.unshift("");
    return {
      whiteouts: this.#whiteouts.map((path) => this.#utf8(path)),
      opaques: this.#opaques.map((path) => this.#utf8(path)),
      impliedFolders: implied.map((path) => this.#utf8(path)),
      needsLowerLayers: this.#needsLowerLayers,
    };
  }

  #hide(parent: string, base: string): void {
    if (base === opaqueMarker) this.#opaques.push(parent);
    else if (!base.startsWith(metadataPrefix)) this.#whiteouts.push(join(parent, hiddenName(base)));
    if (this.#whiteouts.length > maxRemembered) this.#needsLowerLayers ??= "it has too many whiteouts";
  }

  #place({ type }: LayerEntry, path: string): void {
    const isFolder = type === "5";
    const changesKind = isFolder ? this.#links.has(path) : this.#folders.has(path) || this.#implied.has(path);
    if (changesKind) this.#needsLowerLayers ??= `${printable(path)} changes its kind`;
    if (isFolder) this.#folders.add(path);
    if (type === "2") this.#links.add(path);
    if (this.#folders.size + this.#links.size + this.#implied.size > maxRemembered) {
      this.#needsLowerLayers ??= "it has too many folders";
    }
  }

  /** Notes that `folder` and the folders above it must be there, and whether one of them is a link. */
  #need(folder: string, isImplied = true): void {
    for (let path = folder; path !== ""; path = parentOf(path)) {
      if (this.#links.has(path)) this.#needsLowerLayers ??= `an entry goes through the link ${printable(path)}`;
      if (this.#folders.has(path) || this.#implied.has(path)) return;
      if (isImplied) this.#implied.add(path);
    }
  }

  #utf8(path: string): string {
    const bytes = Buffer.from(path, "latin1");
    const name = bytes.toString("utf8");
    if (!bytes.equals(Buffer.from(name, "utf8"))) this.#needsLowerLayers ??= "a name is not UTF-8";
    return name;
  }
}

function checkEntry({ name, linkName, type, attributes }: LayerEntry, path: string): void {
  if (name.includes("\0") || linkName.includes("\0")) throw malformed(`entry ${printable(name)} has a NUL in its name`);
  if (climbs(name)) throw malformed(`entry ${printable(name)} leaves the layer's root`);
  if (type === "1" && climbs(linkName)) {
    throw malformed(`hard link ${printable(name)} to ${printable(linkName)} leaves the layer's root`);
  }
  if (path === "" && type !== "5") throw malformed(`entry ${printable(name)} takes the place of the layer's root`);
  const overlay = attributes.find((attribute) => attribute.startsWith("trusted.overlay."));
  if (overlay !== undefined) throw malformed(`entry ${printable(name)} has the attribute ${printable(overlay)}`);
}

function climbs(name: string): boolean {
  return name.includes("..") && name.split("/").includes("..");
}

/** Without slashes at the ends, doubled slashes and dots: `/a/./b//` is `a/b`. */
function normalPath(name: string): string {
  if (!/^\/|^\.|\/\/|\/\.|\/$/.test(name)) return name;
  return name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

function join(parent: string, base: string): string {
  return parent === "" ? base : `${parent}/${base}`;
}

function hiddenName(base: string): string {
  const name = base.slice(whiteoutPrefix.length);
  if (name === "" || name === "." || name === "..") throw malformed(`whiteout ${printable(base)} names nothing`);
  return name;
}

/** A stranger's name, fit for an error message. */
function printable(name: string): string {
  return JSON.stringify(Buffer.from(name.slice(0, 200), "latin1").toString("utf8"));
}
