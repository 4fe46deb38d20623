import type { containerRename } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { renameSandbox } from "../networks/change-sandbox.ts";
import { containerEvent } from "./event.ts";
import { checkName } from "./name.ts";

/** Gives a container another name. Throws `conflict` when it is in use, `invalid-argument` when it cannot be one. */
export async function renameContainer(
  engine: Pick<Engine, "containers" | "events" | "networks">,
  input: Input<typeof containerRename>,
): Promise<void> {
  if (!input.name) throw new TdockError("invalid-argument", "Neither old nor new names may be empty");
  const name = checkName(input.name);
  const before = engine.containers.get(input.id);
  if (before.name === name) {
    throw new TdockError("invalid-argument", `Renaming a container with the same name as its current name`);
  }
  const after = await engine.containers.update(before.id, (record) => ({ ...record, name }), { durable: true });
  renameSandbox(engine, before.id, name);
  containerEvent(engine, after, "rename", { oldName: `/${before.name}` });
}
