import type { Readable } from "node:stream";
import { sendArchive } from "@tdock/buildkit/send-files";
import { saveImages } from "../../images/save.ts";
import type { BuildRun } from "../solve/build-run.ts";
import type { ClientSession } from "./client-session.ts";

/** Sends an image, or an index with all of its images, to the session's client: an OCI layout that Docker loads, too. */
export async function sendImage(run: BuildRun, session: ClientSession, names: readonly string[]): Promise<void> {
  const { engine, signal } = run;
  await run.progress.run("[internal] send the image to the client", undefined, () =>
    saveImages(
      engine,
      { names: [...names] },
      {
        signal,
        apiVersion: "1.41",
        begin() {},
        write: () => Promise.reject(new Error("an archive is piped")),
        pipe: (archive) => sendArchive(session.rpc, archive as Readable, signal),
      },
    ),
  );
}
