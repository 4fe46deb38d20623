import { execCreate, execInspect, execKill, execResize, execRun, execStart } from "@tdock/api/exec";
import { createExec } from "../../containers/exec-create.ts";
import { inspectExec } from "../../containers/exec-inspect.ts";
import { killExec } from "../../containers/exec-kill.ts";
import { resizeExec } from "../../containers/exec-resize.ts";
import { runExec, startExec } from "../../containers/exec-start.ts";
import { hijack, route } from "../route.ts";

export const execRoutes = [
  route(execCreate, createExec),
  hijack(execRun, runExec),
  hijack(execStart, startExec),
  route(execInspect, inspectExec),
  route(execResize, resizeExec),
  route(execKill, killExec),
];
