import {
  networkConnect,
  networkCreate,
  networkDisconnect,
  networkInspect,
  networkList,
  networkPrune,
  networkRemove,
} from "@tdock/api/networks";
import { connectNetwork } from "../../networks/connect.ts";
import { createNetwork } from "../../networks/create.ts";
import { disconnectNetwork } from "../../networks/disconnect.ts";
import { inspectNetwork } from "../../networks/inspect.ts";
import { listNetworks } from "../../networks/list.ts";
import { pruneNetworks } from "../../networks/prune.ts";
import { removeNetwork } from "../../networks/remove.ts";
import { route } from "../route.ts";

export const networkRoutes = [
  route(networkList, listNetworks),
  route(networkCreate, createNetwork),
  route(networkPrune, pruneNetworks),
  route(networkInspect, inspectNetwork),
  route(networkRemove, removeNetwork),
  route(networkConnect, connectNetwork),
  route(networkDisconnect, disconnectNetwork),
];
