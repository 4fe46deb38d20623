import type { ContainerUpdateResponse, containerUpdate } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { resolveResources } from "../runtime/spec/resources.ts";
import { supportedLimits } from "../runtime/supported-limits.ts";
import { checkHostConfig } from "./check-host-config.ts";
import { isAlive, isDead } from "./container.ts";
import { containerEvent } from "./event.ts";

/**
 * Changes the limits and the restart policy of a container, running or not; what is left out stays as it is. Limits of
 * a running one hold at once, and the record is changed only when the kernel took them.
 */
export async function updateContainer(
  engine: Pick<Engine, "containerd" | "containers" | "events" | "security">,
  input: Input<typeof containerUpdate>,
): Promise<ContainerUpdateResponse> {
  const { id } = engine.containers.get(input.id);
  using _lock = await engine.containers.lock(id);
  const container = engine.containers.get(id);
  if (isDead(container))
    throw new TdockError("conflict", `container ${id} is marked for removal and cannot be "update"`);
  const { host: asked, warnings } = supportedLimits(given(input.body));
  if (container.hostConfig.AutoRemove === true && ![undefined, "no"].includes(asked.RestartPolicy?.Name ?? undefined)) {
    const why = "Restart policy cannot be updated because AutoRemove is enabled for the container";
    throw new TdockError("invalid-argument", `Cannot update container ${id}: ${why}`);
  }
  const hostConfig: HostConfig = { ...container.hostConfig, ...asked };
  await checkHostConfig(hostConfig, engine.security);
  const { RestartPolicy: _policy, ...limits } = asked;
  // The limit of swap follows from both.
  const { Memory, MemorySwap } = hostConfig;
  if (isAlive(container) && Object.keys(limits).length > 0) {
    await engine.containerd.tasks.update(id, await resolveResources({ ...limits, Memory, MemorySwap }));
  }
  const changed = await engine.containers.update(id, (record) => ({ ...record, hostConfig }), { durable: true });
  containerEvent(engine, changed, "update");
  return { Warnings: [...warnings] };
}

/** Zero and empty mean "as it is", as Docker's client sends what was not asked for; of processes, zero lifts the limit. */
function given(body: Input<typeof containerUpdate>["body"]): Partial<HostConfig> {
  const { RestartPolicy: policy, PidsLimit, ...limits } = body;
  const changed = Object.entries(limits).filter(
    ([, value]) => value != null && value !== 0 && value !== "" && !isEmptyList(value),
  );
  return {
    ...Object.fromEntries(changed),
    ...(PidsLimit != null && { PidsLimit: PidsLimit || -1 }),
    ...(policy?.Name && { RestartPolicy: policy }),
  };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
