import {
  buildAgent,
  buildCancel,
  buildPrepare,
  buildPrune,
  contextFiles,
  contextList,
  imageBuild,
} from "@tdock/api/build";
import { grpcOpen, sessionOpen } from "@tdock/api/build-session";
import { buildImage } from "../../build/build.ts";
import { cancelBuild } from "../../build/cancel.ts";
import { completeContext, listContext, openAgentLine, prepareBuild } from "../../build/context/prepare.ts";
import { pruneBuilds } from "../../build/prune.ts";
import { openGrpc } from "../../build/session/open-grpc.ts";
import { openSession } from "../../build/session/open-session.ts";
import { hijack, route, stream } from "../route.ts";

export const buildRoutes = [
  stream(imageBuild, buildImage),
  route(buildCancel, cancelBuild),
  route(buildPrune, pruneBuilds),
  route(buildPrepare, prepareBuild),
  route(contextList, listContext),
  route(contextFiles, completeContext),
  hijack(buildAgent, openAgentLine),
  hijack(sessionOpen, openSession),
  hijack(grpcOpen, openGrpc),
];
