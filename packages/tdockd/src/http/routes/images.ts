import {
  imageHistory,
  imageInspect,
  imageList,
  imageLoad,
  imagePull,
  imagePush,
  imageRemove,
  imageSave,
  imageTag,
} from "@tdock/api/images";
import { imageHistory as historyOf } from "../../images/history.ts";
import { inspectImage } from "../../images/inspect.ts";
import { listImages } from "../../images/list.ts";
import { loadImages } from "../../images/load.ts";
import { pullImage } from "../../images/pull.ts";
import { pushImage } from "../../images/push.ts";
import { removeImage } from "../../images/remove.ts";
import { saveImages } from "../../images/save.ts";
import { tagImage } from "../../images/tag.ts";
import { route, stream } from "../route.ts";

export const imageRoutes = [
  route(imageList, listImages),
  route(imageInspect, inspectImage),
  route(imageHistory, historyOf),
  route(imageTag, tagImage),
  route(imageRemove, removeImage),
  stream(imagePull, pullImage),
  stream(imagePush, pushImage),
  stream(imageSave, saveImages),
  stream(imageLoad, loadImages),
];
