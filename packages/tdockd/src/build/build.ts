import type { imageBuild } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { type JsonMessages, sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import type { BuildEngine } from "./build-engine.ts";
import { type BuildRequest, readBuildRequest } from "./build-request.ts";
import { buildkitLines } from "./progress/buildkit-lines.ts";
import { dockerLines, eventLines } from "./progress/docker-lines.ts";
import { type BuildOrder, runBuild } from "./run-build.ts";

/**
 * Builds an image from the context in the body and answers with a JSON message stream. Ends everything that it
 * started when the client goes away. Throws `invalid-argument` for a Dockerfile that cannot be, before anything is sent.
 */
export async function buildImage(engine: BuildEngine, input: Input<typeof imageBuild>, out: Output): Promise<void> {
  const uploadFor = /^upload-request:(.+)$/.exec(input.buildid ?? "")?.[1];
  if (input.version === "2" && input.session) await untilServed(engine, input.session, out.signal);
  if (uploadFor !== undefined) return engine.builds.uploads.offer(uploadFor, input.body, out.signal);
  const request = readRequest(engine, input);
  await sendJsonMessages(out, async (messages) => {
    using upload = await uploadOf(engine, request, messages.signal);
    await runBuild(engine, request, {
      body: upload?.body ?? input.body,
      signal: messages.signal,
      checkOnly: input.check === true,
      ...audience(engine, input, messages),
    });
  });
}

/** What was prepared for a build that cannot be is let go. */
function readRequest({ builds }: BuildEngine, input: Input<typeof imageBuild>): BuildRequest {
  try {
    return readBuildRequest(input);
  } catch (thrown) {
    builds.sessions.forget(input.context ?? "");
    throw thrown;
  }
}

/**
 * Waits until a BuildKit client's session is up: docker 20.10 hangs for ever when its build is refused before that. A
 * session that does not come is missed by whoever needs it.
 */
async function untilServed({ builds }: BuildEngine, session: string, signal: AbortSignal): Promise<void> {
  await builds.clientSessions.get(session, signal).then(
    ({ ready }) => ready,
    () => undefined,
  );
}

/** A context that another request of the same client brings. */
function uploadOf({ builds }: BuildEngine, { remote, id }: BuildRequest, signal: AbortSignal) {
  return remote === "upload-request" ? builds.uploads.take(id, signal) : undefined;
}

/**
 * Nothing is sent before the Dockerfile has been read: until then an error is an HTTP status. A BuildKit client's
 * Dockerfile may be long in coming, and its display reads errors from the stream.
 */
function audience(
  { now }: BuildEngine,
  input: Input<typeof imageBuild>,
  messages: JsonMessages,
): Pick<BuildOrder, "sink" | "sinkOnceRead"> {
  const quiet = input.q === true;
  if (input.version === "2") return { sink: buildkitLines(messages, { quiet, now }) };
  return {
    async sinkOnceRead(total) {
      return input.version === "tdock" ? eventLines(messages) : dockerLines(messages, { quiet, total });
    },
  };
}
