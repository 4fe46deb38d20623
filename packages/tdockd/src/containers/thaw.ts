import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";

/** Lets the processes of a frozen container go on. One that is not frozen any more, or has ended, is as it should be. */
export async function thaw({ containerd }: Pick<Engine, "containerd">, id: string): Promise<void> {
  try {
    await containerd.tasks.resume(id);
  } catch (thrown) {
    if (!isError(thrown, "conflict", "wrong-state") && !isError(thrown, "not-found")) throw thrown;
  }
}
