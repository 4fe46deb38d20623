import { FrameDecoder } from "@tdock/api/frames";
import type { Suite } from "../../harness/suite.ts";

/** What became of a container that was asked for. */
export interface Attempt {
  /** Of the first request that was refused; 204 when the container ran. */
  readonly status: number;
  /** Why it was refused. */
  readonly message: string;
  /** What it printed, both streams, and how it ended, when it ran. */
  readonly output: string;
  readonly exitCode: number | undefined;
}

/** Creates a container, starts it, waits for its end, and removes it whatever happened. */
export async function attempt(suite: Suite, body: object): Promise<Attempt> {
  const created = await suite.api("POST", "/containers/create", { Image: suite.busybox, ...body });
  if (created.status !== 201) return refused(created);
  const { Id } = created.body;
  try {
    const started = await suite.api("POST", `/containers/${Id}/start`);
    if (started.status !== 204) return refused(started);
    const { StatusCode } = (await suite.api("POST", `/containers/${Id}/wait`)).body;
    return { status: 204, message: "", output: await outputOf(suite, Id), exitCode: StatusCode };
  } finally {
    await suite.api("DELETE", `/containers/${Id}?force=1&v=1`);
  }
}

/** What a container without a terminal has printed, both streams. */
export async function outputOf(suite: Suite, id: string): Promise<string> {
  const answer = await suite.tdockd.apiStream("GET", `/containers/${id}/logs?stdout=1&stderr=1`);
  const frames = [...new FrameDecoder().decode(new Uint8Array(await answer.body.arrayBuffer()))];
  return Buffer.concat(frames.map(({ payload }) => payload)).toString();
}

function refused({ status, body }: { status: number; body: { message?: string } }): Attempt {
  return { status, message: body.message ?? "", output: "", exitCode: undefined };
}
