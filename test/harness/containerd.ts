import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Containerd, connectContainerd } from "@tdock/containerd/connect";
import { eventually } from "./eventually.ts";
import { cgroupsBelow, pidsIn, removeCgroups, thaw } from "./instance/cgroups.ts";
import { unmountBelow } from "./instance/mounts.ts";
import { killAll, processesWith } from "./instance/processes.ts";
import { scratchFolder, shortName } from "./scratch.ts";

/** A containerd of a test's own, below a folder of its own. Disposing of it ends all that it made. */
export interface TestContainerd extends AsyncDisposable {
  readonly folder: string;
  readonly address: string;
  /** Parent for the cgroups of the test's tasks. */
  readonly cgroupParent: string;
  /** In the namespace `test`, which exists. */
  readonly client: Containerd;
  /** Ends containerd with SIGKILL, and nothing else. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}; resolves when it serves. */
  start(): Promise<void>;
}

/** Starts a containerd that serves. */
export async function startTestContainerd(): Promise<TestContainerd> {
  const scratch = await scratchFolder("containerd");
  const folder = scratch.path;
  const address = join(folder, "containerd.sock");
  const cgroupParent = `/tdk-test-${shortName()}`;
  const client = connectContainerd({ address, namespace: "test" });
  let containerd: ChildProcess | undefined;
  await writeConfig(folder, address);

  const started: TestContainerd = {
    folder,
    address,
    cgroupParent,
    client,
    kill: async () => {
      if (containerd === undefined) return;
      containerd.kill("SIGKILL");
      await once(containerd, "exit");
      containerd = undefined;
    },
    start: async () => {
      const args = ["--config", join(folder, "config.toml"), "--log-level", "fatal"];
      containerd = spawn("containerd", args, { stdio: "ignore", detached: true });
      await eventually(() => client.version());
    },
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await started.kill();
      await killAll((await processesWith(folder)).map(({ pid }) => pid));
      const cgroups = await cgroupsBelow(cgroupParent);
      await thaw(cgroups);
      await killAll(await pidsIn(cgroups));
      await removeCgroups(cgroups);
      await unmountBelow(folder);
      await scratch[Symbol.asyncDispose]();
    },
  };
  await started.start();
  await client.namespaces.ensure("test");
  return started;
}

async function writeConfig(folder: string, address: string): Promise<void> {
  const [root, state] = [join(folder, "root"), join(folder, "state")];
  await mkdir(root);
  const lines = [
    "version = 2",
    `root = "${root}"`,
    `state = "${state}"`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]',
    `grpc.address = "${address}"`,
    `ttrpc.address = "${address}.ttrpc"`,
  ];
  await writeFile(join(folder, "config.toml"), lines.join("\n"));
}
