import type { buildCancel } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { BuildEngine } from "./build-engine.ts";

/** Ends the build whose client gave it this ID. Does nothing when there is none, as in Docker. */
export function cancelBuild({ builds }: Pick<BuildEngine, "builds">, { id }: Input<typeof buildCancel>): void {
  if (!id) throw new TdockError("invalid-argument", "build ID not provided");
  builds.running.get(id)?.abort(new TdockError("canceled", "the build was canceled"));
}
