import type { Engine } from "../engine.ts";
import { readIdentityFiles } from "../runtime/identity.ts";
import { processCapabilities } from "../runtime/spec/capabilities.ts";
import { containerEnvironment, mergeEnvironment } from "../runtime/spec/environment.ts";
import type { OciProcess } from "../runtime/spec/oci.ts";
import { resolveRlimits } from "../runtime/spec/resources.ts";
import { resolveUser } from "../runtime/spec/user.ts";
import { type Container, pidOf } from "./container.ts";
import { securityRequest, workingDir } from "./container-spec.ts";
import type { Exec } from "./exec.ts";

/**
 * The OCI process of an exec: the container's own, changed by what was asked for. Names are looked up in the files of
 * the running container. Throws `invalid-argument` for a user that is not there.
 */
export function execProcess(engine: Pick<Engine, "security">, container: Container, exec: Exec): OciProcess {
  const { config, hostConfig } = container;
  const asked = exec.config;
  const identity = readIdentityFiles(`/proc/${pidOf(container)}/root`);
  const user = resolveUser(asked.User || config.User || "", hostConfig.GroupAdd ?? [], identity);
  const security = engine.security.resolve({
    ...securityRequest(hostConfig),
    privileged: asked.Privileged === true || hostConfig.Privileged === true,
  });
  const base = containerEnvironment({
    hostname: config.Hostname || container.id.slice(0, 12),
    tty: asked.Tty === true,
    env: config.Env ?? [],
  });
  const [height = 0, width = 0] = asked.ConsoleSize ?? [];
  return {
    terminal: asked.Tty === true,
    ...(asked.Tty === true && height > 0 && width > 0 && { consoleSize: { height, width } }),
    user,
    args: asked.Cmd ?? [],
    env: mergeEnvironment(base, asked.Env ?? []),
    cwd: asked.WorkingDir ? workingDir({ WorkingDir: asked.WorkingDir }) : workingDir(config),
    capabilities: processCapabilities(security.capabilities, user.uid),
    rlimits: resolveRlimits(hostConfig.Ulimits),
    noNewPrivileges: security.noNewPrivileges,
  };
}
