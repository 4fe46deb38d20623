import { parseIgnoreFile } from "@tdock/api/ignore";
import { TdockError } from "@tdock/errors/error";
import type { AdditionalContext } from "./build-sessions.ts";
import { readContextFile } from "./context-files.ts";
import type { LoadedContext } from "./loaded-context.ts";
import { visibleContext } from "./visible-context.ts";

/** An additional folder, without what its own ignore file hides. Throws `invalid-argument` before its files were sent. */
export async function preparedFolder({ loaded }: AdditionalContext): Promise<LoadedContext> {
  if (loaded === undefined)
    throw new TdockError("invalid-argument", "the files of an additional context were not sent");
  const text = await readContextFile(await loaded.part([".dockerignore"]).tree(), ".dockerignore");
  return visibleContext(loaded, parseIgnoreFile(text ?? ""));
}
