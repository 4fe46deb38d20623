import { clusterBegin, clusterEndpoints, pluginList } from "@tdock/api/unsupported";
import { TdockError } from "@tdock/errors/error";
import { route } from "../route.ts";

export const unsupportedRoutes = [
  route(pluginList, () => []),
  ...clusterEndpoints.map((endpoint) => route(endpoint, refuseCluster)),
  ...clusterBegin.map((endpoint) => route(endpoint, refuseBegin)),
];

function refuseBegin(): never {
  throw new TdockError("not-implemented", "tdock runs containers on one host: it has no swarm");
}

function refuseCluster(): never {
  throw new TdockError(
    "unavailable",
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  );
}
