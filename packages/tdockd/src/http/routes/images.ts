import {
  imageConvert,
  imageCopy,
  imageHistory,
  imageInspect,
  imageList,
  imageLoad,
  imagePin,
  imagePrune,
  imagePull,
  imagePush,
  imageRemove,
  imageSave,
  imageSaveOne,
  imageSearch,
  imageTag,
  imageUnpin,
} from "@tdock/api/images";
import { convertImage } from "../../images/convert-image.ts";
import { copyImage } from "../../images/copy-image.ts";
import { imageHistory as historyOf } from "../../images/history.ts";
import { inspectImage } from "../../images/inspect.ts";
import { listImages } from "../../images/list.ts";
import { loadImages } from "../../images/load.ts";
import { pinImage, unpinImage } from "../../images/pin.ts";
import { pruneImages } from "../../images/prune.ts";
import { pushImage } from "../../images/push.ts";
import { removeImage } from "../../images/remove.ts";
import { saveImages } from "../../images/save.ts";
import { searchImages } from "../../images/search.ts";
import { tagImage } from "../../images/tag.ts";
import { createImage } from "../create-image.ts";
import { route, stream } from "../route.ts";

// Fixed paths stand before those that begin with an image's name.
export const imageRoutes = [
  route(imageSearch, searchImages),
  route(imagePrune, pruneImages),
  route(imageList, listImages),
  route(imageInspect, inspectImage),
  route(imageHistory, historyOf),
  route(imageTag, tagImage),
  route(imagePin, pinImage),
  route(imageUnpin, unpinImage),
  route(imageRemove, removeImage),
  stream(imagePull, createImage),
  stream(imageCopy, copyImage),
  stream(imagePush, pushImage),
  stream(imageConvert, convertImage),
  stream(imageSave, saveImages),
  stream(imageSaveOne, (engine, { name, ...options }, out) => saveImages(engine, { ...options, names: [name] }, out)),
  stream(imageLoad, loadImages),
];
