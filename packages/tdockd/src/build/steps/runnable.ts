import { TdockError } from "@tdock/errors/error";
import { emulates, programHandlers } from "../../host/program-handlers.ts";
import { formatPlatform, hostPlatform, type Platform, plainPlatform, platformScore } from "../../registry/platform.ts";

/** Architectures whose programs a machine of another one runs by itself. */
const alsoRuns: Readonly<Record<string, string>> = { amd64: "386", arm64: "arm" };

/**
 * Throws `invalid-argument` when this machine can run a platform's programs neither itself nor with an emulator. An
 * image that does not say what it is for is tried.
 */
export async function checkRunnable(platform: Platform): Promise<void> {
  const machine = hostPlatform();
  const { os, architecture } = platform;
  if (architecture === "" || platformScore(machine, { os, architecture }) > 0) return;
  if (os === machine.os && architecture === alsoRuns[machine.architecture]) return;
  if (os === machine.os && (await programHandlers()).some((handler) => emulates(handler, architecture))) return;
  const [wanted, here] = [platform, machine].map((one) => formatPlatform(plainPlatform(one)));
  const way =
    "build in a stage FROM --platform=$BUILDPLATFORM and copy from it, or register an emulator with binfmt_misc";
  throw new TdockError("invalid-argument", `RUN needs ${wanted}, and this machine runs ${here}: ${way}`);
}
