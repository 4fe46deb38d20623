import { endpoint, reply } from "./endpoint.ts";

/** Managed plugins: there are none. */
export const pluginList = endpoint({ kind: "json", method: "GET", path: "/plugins", reply: reply<never[]>() });

/** First parts of the paths of a cluster manager, which a single host is not. */
const clusterPaths = ["swarm", "nodes", "services", "tasks", "secrets", "configs"];

/** Every door of the cluster API that clients knock at to see whether it is there. */
export const clusterEndpoints = clusterPaths.map((path) => endpoint({ kind: "json", method: "GET", path: `/${path}` }));

/** What would make this host part of a cluster. */
export const clusterBegin = ["init", "join"].map((verb) =>
  endpoint({ kind: "json", method: "POST", path: `/swarm/${verb}` }),
);
