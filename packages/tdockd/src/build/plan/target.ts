import { formatPlatform, type Platform, plainPlatform } from "../../registry/platform.ts";
import type { BuildRequest } from "../build-request.ts";
import type { Dockerfile } from "../dockerfile/stages.ts";
import { type BuildOptions, globalArguments } from "./arguments.ts";
import { planStages, type StageGraph } from "./graph.ts";

/** What a build makes for one platform. */
export interface BuildTarget {
  readonly options: BuildOptions;
  readonly graph: StageGraph;
  /** Tells its steps apart from those of the build's other platforms: `linux/arm64`, or "" when there are none. */
  readonly mark: string;
}

type Asked = Pick<BuildRequest, "buildArgs" | "buildPlatform" | "contexts" | "labels" | "platforms" | "target">;

/** One target for each platform that was asked for, or the one for this machine's. Throws as {@link planStages}. */
export function planTargets(dockerfile: Dockerfile, request: Asked): BuildTarget[] {
  const { platforms } = request;
  if (platforms.length === 0) return [planTarget(dockerfile, request, undefined, "")];
  return platforms.map((platform) => {
    const mark = platforms.length > 1 ? formatPlatform(plainPlatform(platform)) : "";
    return planTarget(dockerfile, request, platform, mark);
  });
}

function planTarget(
  dockerfile: Dockerfile,
  { buildArgs, target, buildPlatform, labels, contexts }: Asked,
  platform: Platform | undefined,
  mark: string,
): BuildTarget {
  const options = { buildArgs, target, platform, buildPlatform, labels, contexts: new Set(contexts.keys()) };
  const globals = globalArguments(dockerfile, options);
  return { options, graph: planStages(dockerfile, options, globals), mark };
}
