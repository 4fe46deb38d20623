import { builderCommands, buildxCommands } from "./builder.ts";
import { containerCommands, containerGroupCommands, ps, rm } from "./containers.ts";
import { type Entries, hidden } from "./entry.ts";
import { imageCommands, imageGroupCommands, images, rmi } from "./images.ts";
import { manifestCommands } from "./manifests.ts";
import { networkCommands } from "./networks.ts";
import { plainCommands, systemCommands, systemDf, systemDialStdio, systemPrune } from "./system.ts";
import { volumeCommands } from "./volumes.ts";

/** Commands that stand at the top. */
export const topCommands: Entries = {
  ...containerCommands,
  ps,
  ...imageCommands,
  images,
  rmi,
  ...systemCommands,
  ...plainCommands,
};

export interface Group {
  readonly summary: string;
  readonly commands: Entries;
}

export const groups: Readonly<Record<string, Group>> = {
  builder: { summary: "Manage builds", commands: builderCommands },
  buildx: { summary: "Manage builds, by the names of Docker's plug-in", commands: buildxCommands },
  container: {
    summary: "Manage containers",
    commands: {
      ...containerCommands,
      ...containerGroupCommands,
      ls: ps,
      list: hidden(ps),
      ps: hidden(ps),
      remove: hidden(rm),
    },
  },
  image: {
    summary: "Manage images",
    commands: {
      ...imageCommands,
      ...imageGroupCommands,
      ls: images,
      list: hidden(images),
      rm: rmi,
      remove: hidden(rmi),
    },
  },
  manifest: { summary: "Manage image manifests and manifest lists", commands: manifestCommands },
  network: { summary: "Manage networks", commands: networkCommands },
  volume: { summary: "Manage volumes", commands: volumeCommands },
  system: {
    summary: "Manage tdock",
    commands: { ...systemCommands, df: systemDf, prune: systemPrune, "dial-stdio": systemDialStdio },
  },
};
