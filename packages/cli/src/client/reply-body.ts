import { TdockError } from "@tdock/errors/error";

/** A reply's body as it arrives; nothing where it has none. Throws `unavailable` when the engine goes away in it. */
export async function* bodyOf(reply: Response): AsyncGenerator<Uint8Array> {
  try {
    if (reply.body !== null) yield* reply.body;
  } catch (thrown) {
    throw nameLoss(thrown);
  }
}

/** All of a reply's body. Throws as {@link bodyOf}. */
export async function textOf(reply: Response): Promise<string> {
  return await reply.text().catch((thrown: unknown) => {
    throw nameLoss(thrown);
  });
}

function nameLoss(thrown: unknown): unknown {
  if ((thrown as NodeJS.ErrnoException).code !== "ECONNRESET") return thrown;
  return new TdockError("unavailable", "the daemon closed the connection in the middle of a reply", { cause: thrown });
}
