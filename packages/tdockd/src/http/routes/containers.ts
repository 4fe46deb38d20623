import {
  containerArchiveGet,
  containerArchivePut,
  containerArchiveStat,
  containerAttach,
  containerAttachWebsocket,
  containerChanges,
  containerCommit,
  containerCreate,
  containerExport,
  containerInspect,
  containerKill,
  containerList,
  containerLogs,
  containerPause,
  containerPrune,
  containerRemove,
  containerRename,
  containerResize,
  containerRestart,
  containerStart,
  containerStats,
  containerStop,
  containerTop,
  containerUnpause,
  containerUpdate,
  containerWait,
} from "@tdock/api/containers";
import { attachContainer, attachOverWebSocket } from "../../containers/attach.ts";
import { listChanges } from "../../containers/changes.ts";
import { copyIntoContainer } from "../../containers/copy-in.ts";
import { copyFromContainer, statInContainer } from "../../containers/copy-out.ts";
import { createContainer } from "../../containers/create.ts";
import { exportContainer } from "../../containers/export.ts";
import { inspectContainer } from "../../containers/inspect.ts";
import { killContainer } from "../../containers/kill.ts";
import { listContainers } from "../../containers/list.ts";
import { streamLogs } from "../../containers/logs.ts";
import { pauseContainer, unpauseContainer } from "../../containers/pause.ts";
import { pruneContainers } from "../../containers/prune.ts";
import { removeContainer } from "../../containers/remove.ts";
import { renameContainer } from "../../containers/rename.ts";
import { resizeContainer } from "../../containers/resize.ts";
import { restartContainer } from "../../containers/restart.ts";
import { startContainer } from "../../containers/start.ts";
import { streamStats } from "../../containers/stats.ts";
import { stopContainer } from "../../containers/stop.ts";
import { topContainer } from "../../containers/top.ts";
import { updateContainer } from "../../containers/update.ts";
import { waitContainer } from "../../containers/wait.ts";
import { commit } from "../commit.ts";
import { hijack, route, stream } from "../route.ts";

export const containerRoutes = [
  route(containerList, listContainers),
  route(containerCreate, createContainer),
  route(containerPrune, pruneContainers),
  route(containerInspect, inspectContainer),
  route(containerStart, startContainer),
  route(containerStop, stopContainer),
  route(containerRestart, restartContainer),
  route(containerKill, killContainer),
  route(containerPause, pauseContainer),
  route(containerUnpause, unpauseContainer),
  route(containerRename, renameContainer),
  route(containerResize, resizeContainer),
  route(containerRemove, removeContainer),
  route(containerTop, topContainer),
  route(containerChanges, listChanges),
  route(containerCommit, commit),
  route(containerArchivePut, copyIntoContainer),
  stream(containerArchiveStat, statInContainer),
  stream(containerArchiveGet, copyFromContainer),
  stream(containerExport, exportContainer),
  route(containerUpdate, updateContainer),
  stream(containerWait, waitContainer),
  stream(containerStats, streamStats),
  stream(containerLogs, streamLogs),
  hijack(containerAttach, attachContainer),
  hijack(containerAttachWebsocket, attachOverWebSocket),
];
