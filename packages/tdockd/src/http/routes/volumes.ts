import { volumeCreate, volumeInspect, volumeList, volumePrune, volumeRemove } from "@tdock/api/volumes";
import { createVolumeFromBody } from "../../volumes/create.ts";
import { inspectVolume } from "../../volumes/inspect.ts";
import { listVolumes } from "../../volumes/list.ts";
import { pruneVolumes } from "../../volumes/prune.ts";
import { removeVolume } from "../../volumes/remove.ts";
import { route } from "../route.ts";

export const volumeRoutes = [
  route(volumeList, listVolumes),
  route(volumeCreate, createVolumeFromBody),
  route(volumePrune, pruneVolumes),
  route(volumeInspect, inspectVolume),
  route(volumeRemove, removeVolume),
];
