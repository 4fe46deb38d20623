import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { busyboxConfig, busyboxEntries } from "../../harness/images/busybox.ts";
import { compressLayer, imageOf, type Layer, layerOf } from "../../harness/images/oci-image.ts";
import { pushImage } from "../../harness/images/push.ts";
import { file, tarOf } from "../../harness/images/tar-layer.ts";
import type { Outcome } from "../../harness/program.ts";
import { shortName } from "../../harness/scratch.ts";
import type { Suite } from "../../harness/suite.ts";

/** How an archive came through a door. */
export interface Passage {
  readonly isTaken: boolean;
  /** What the engine said. */
  readonly text: string;
  /** Runs a command where the archive's files now are. Only when it was taken. */
  readonly look: (...command: string[]) => Promise<Outcome>;
}

/** Brings archives to the engine, one on top of the other, in one of the ways in which strangers' archives come. */
export type Door = (suite: Suite, tars: readonly Buffer[]) => Promise<Passage>;

/** All ways in. */
export const doors: Readonly<Record<string, Door>> = {
  pull: async (suite, tars) => {
    const name = `pulled-${shortName()}`;
    await pushImage(suite.registry, name, await imageWith(tars));
    return inImage(suite, suite.image(name), await suite.tdock(["pull", "-q", suite.image(name)]));
  },
  load: async (suite, tars) => {
    const name = `loaded-${shortName()}:1`;
    const { config, layers } = await imageWith(tars);
    const fileOf = ({ digest }: { digest: string }) => digest.slice("sha256:".length);
    const manifest = [{ Config: fileOf(config), RepoTags: [name], Layers: layers.map(fileOf) }];
    const archive = await tarOf([
      ...[config, ...layers].map((blob) => file(fileOf(blob), blob.content)),
      file("manifest.json", JSON.stringify(manifest)),
    ]);
    return inImage(suite, name, await suite.tdock(["load", "-q"], { stdin: archive }));
  },
  import: async (suite, tars) => {
    const name = `imported-${shortName()}:1`;
    const base = await tarOf(await busyboxEntries());
    const whole = Buffer.concat([base, ...tars].map((tar, index) => (index < tars.length ? withoutEnd(tar) : tar)));
    return inImage(suite, name, await suite.tdock(["import", "-", name], { stdin: whole }));
  },
  "build ADD": async (suite, tars) => {
    const name = `built-${shortName()}:1`;
    const folder = join(suite.tdockd.layout.root, name.replace(":", "-"));
    await mkdir(folder);
    for (const [index, tar] of tars.entries()) await writeFile(join(folder, `${index}.tar`), tar);
    const adds = tars.map((_, index) => `ADD ${index}.tar /`);
    await writeFile(join(folder, "Dockerfile"), [`FROM ${suite.busybox}`, ...adds].join("\n"));
    return inImage(suite, name, await suite.tdock(["build", "-q", "-t", name, folder]));
  },
  "cp in": async (suite, tars) => {
    const id = await suite.mustTdock(["run", "-d", suite.busybox, "sleep", "600"]);
    const look = (...command: string[]) => suite.tdock(["exec", id, ...command]);
    let text = "";
    for (const tar of tars) {
      const { status, body } = await suite.api("PUT", `/containers/${id}/archive?path=/`, tar);
      if (status !== 200) text += `${status} ${JSON.stringify(body)}`;
    }
    // What was written before the archive was refused stays, as with Docker: it is looked at as well.
    return { isTaken: true, text, look };
  },
};

async function imageWith(tars: readonly Buffer[]) {
  const base = await layerOf(await busyboxEntries());
  const layers: Layer[] = [base, ...tars.map((tar) => compressLayer(tar))];
  return imageOf({ layers, config: busyboxConfig });
}

function inImage(suite: Suite, image: string, { exitCode, stdout, stderr }: Outcome): Passage {
  return {
    isTaken: exitCode === 0,
    text: stdout + stderr,
    look: (...command) => suite.tdock(["run", "--rm", image, ...command]),
  };
}

/** An archive that another one may follow: without the two empty blocks at its end. */
function withoutEnd(tar: Buffer): Buffer {
  return tar.subarray(0, tar.length - 1024);
}
