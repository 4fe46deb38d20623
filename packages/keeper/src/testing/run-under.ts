import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { ContainerProcess } from "./container-process.ts";
import { demultiplex } from "./demultiplex.ts";
import type { RunningKeeper } from "./running-keeper.ts";

type OpenRequest = ReturnType<RunningKeeper["request"]>;

/** Both streams, told apart. */
export const both = { stdout: true, stderr: true, raw: false } as const;

/** Runs a script to its end under the keeper. */
export async function runUnder(keeper: RunningKeeper, request: OpenRequest, script: string): Promise<void> {
  await keeper.client.open(request);
  using container = await ContainerProcess.start(request, script);
  await keeper.client.started(request);
  await container.ended;
  await keeper.client.forget(request);
}

/** What is in a container's log. */
export async function readAll(
  keeper: RunningKeeper,
  request: OpenRequest,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return demultiplex(await buffer(await keeper.client.logs({ ...both, id: request.id, log: request.log })));
}

/** SHA-256 of all that a stream gives. */
export async function hashOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of source) hash.update(bytes);
  return hash.digest("hex");
}
