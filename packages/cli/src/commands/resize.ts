import { containerResize } from "@tdock/api/containers";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";

/** Tells the engine the size of our terminal. A container that is not running has no use for it. */
export function resizeContainer(cli: Cli, id: string, { rows, columns }: { rows: number; columns: number }): void {
  call(cli.client, containerResize, { id, h: rows, w: columns }).catch(() => {});
}
