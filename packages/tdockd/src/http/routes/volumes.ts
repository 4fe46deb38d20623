import {
  volumeClone,
  volumeCreate,
  volumeExport,
  volumeImport,
  volumeInspect,
  volumeList,
  volumePrune,
  volumeRemove,
} from "@tdock/api/volumes";
import { cloneVolume } from "../../volumes/clone.ts";
import { createVolumeFromBody } from "../../volumes/create.ts";
import { exportVolume } from "../../volumes/export.ts";
import { importVolume } from "../../volumes/import.ts";
import { inspectVolume } from "../../volumes/inspect.ts";
import { listVolumes } from "../../volumes/list.ts";
import { pruneVolumes } from "../../volumes/prune.ts";
import { removeVolume } from "../../volumes/remove.ts";
import { route, stream } from "../route.ts";

export const volumeRoutes = [
  route(volumeList, listVolumes),
  route(volumeCreate, createVolumeFromBody),
  route(volumePrune, pruneVolumes),
  route(volumeInspect, inspectVolume),
  route(volumeRemove, removeVolume),
  stream(volumeExport, exportVolume),
  route(volumeImport, importVolume),
  route(volumeClone, cloneVolume),
];
