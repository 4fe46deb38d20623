import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { mustRun, runProgram } from "./program.ts";
import { shortName, testRoot } from "./scratch.ts";

/** Things of others on this machine: a bridge with a veth in it, a network namespace, a firewall table, a mount, cgroups. */
export class ForeignObjects implements AsyncDisposable {
  readonly #name = `tdkf${shortName()}`;
  readonly #folder = join(testRoot, this.#name);
  readonly #cgroups: string[] = [];

  static async plant(): Promise<ForeignObjects> {
    const objects = new ForeignObjects();
    const name = objects.#name;
    await mustRun("ip", ["netns", "add", name]);
    await mustRun("ip", ["link", "add", name, "type", "bridge"]);
    await mustRun("ip", ["link", "add", `${name}v`, "type", "veth", "peer", "name", `${name}p`]);
    await mustRun("ip", ["link", "set", `${name}v`, "master", name]);
    await mustRun("nft", ["-f", "-"], { stdin: `table inet ${name} { chain own { counter; accept; }; }` });
    await mkdir(objects.#folder, { recursive: true });
    await mustRun("mount", ["-t", "tmpfs", name, objects.#folder]);
    for (const hierarchy of await readdir("/sys/fs/cgroup"))
      await objects.#plantCgroup(join("/sys/fs/cgroup", hierarchy));
    return objects;
  }

  /** All of them as they are now; the same text as long as nobody touches them. */
  async look(): Promise<string> {
    const name = this.#name;
    const views = await Promise.all([
      runProgram("ip", ["-o", "link", "show", "dev", name]),
      runProgram("ip", ["-o", "link", "show", "dev", `${name}v`]),
      runProgram("ip", ["netns", "exec", name, "ip", "-o", "link"]),
      runProgram("nft", ["list", "table", "inet", name]),
      runProgram("findmnt", ["-n", this.#folder]),
      runProgram("ls", ["-d", ...this.#cgroups]),
    ]);
    return views.map(({ stdout, exitCode }) => `${exitCode} ${stdout}`).join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const name = this.#name;
    await runProgram("umount", [this.#folder]);
    await rmdir(this.#folder).catch(() => undefined);
    await runProgram("nft", ["delete", "table", "inet", name]);
    await runProgram("ip", ["link", "delete", `${name}v`]);
    await runProgram("ip", ["link", "delete", name]);
    await runProgram("ip", ["netns", "delete", name]);
    for (const path of this.#cgroups) await rmdir(path).catch(() => undefined);
  }

  /** A hierarchy where a cgroup cannot be made is none that others would use. */
  async #plantCgroup(hierarchy: string): Promise<void> {
    const path = join(hierarchy, this.#name);
    const made = await mkdir(path).catch(() => "not made");
    if (made === undefined) this.#cgroups.push(path);
  }
}
