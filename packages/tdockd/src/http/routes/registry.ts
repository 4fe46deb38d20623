import { distributionInspect, registryLogin } from "@tdock/api/registry";
import { inspectDistribution } from "../../images/distribution.ts";
import { checkLogin } from "../../images/registry-login.ts";
import { route } from "../route.ts";

export const registryRoutes = [route(registryLogin, checkLogin), route(distributionInspect, inspectDistribution)];
