import { distributionInspect, indexPush, registryLogin, registryManifest } from "@tdock/api/registry";
import { inspectDistribution } from "../../images/distribution.ts";
import { pushIndex } from "../../images/push-index.ts";
import { checkLogin } from "../../images/registry-login.ts";
import { readRegistryManifest } from "../../images/registry-manifest.ts";
import { route } from "../route.ts";

export const registryRoutes = [
  route(registryLogin, checkLogin),
  route(distributionInspect, inspectDistribution),
  route(registryManifest, readRegistryManifest),
  route(indexPush, pushIndex),
];
