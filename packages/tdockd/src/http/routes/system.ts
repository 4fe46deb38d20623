import { systemDiskUsage } from "@tdock/api/disk-usage";
import { systemFree } from "@tdock/api/free";
import {
  ping as pingEndpoint,
  pingHead as pingHeadEndpoint,
  systemEvents,
  systemInfo,
  systemVersion,
} from "@tdock/api/system";
import { streamEvents } from "../../events/stream-events.ts";
import { ping, pingHead } from "../../system/ping.ts";
import { showInfo } from "../../system/show-info.ts";
import { showVersion } from "../../system/version.ts";
import { showDiskUsage } from "../disk-usage.ts";
import { freeSpace } from "../free-space.ts";
import { route, stream } from "../route.ts";

export const systemRoutes = [
  stream(pingEndpoint, ping),
  stream(pingHeadEndpoint, pingHead),
  route(systemVersion, showVersion),
  route(systemInfo, showInfo),
  route(systemDiskUsage, showDiskUsage),
  route(systemFree, freeSpace),
  stream(systemEvents, streamEvents),
];
