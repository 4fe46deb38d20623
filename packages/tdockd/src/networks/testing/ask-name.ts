import type { Sandbox } from "../sandbox.ts";
import { pathOf } from "./containers.ts";
import { runIn } from "./private-host.ts";

/** The addresses that a container gets for a name from a DNS server. */
export async function askName(from: Sandbox, name: string, server: string): Promise<string[]> {
  const { stdout } = await runIn(pathOf(from), "busybox", "nslookup", "-type=a", name, server);
  return [...stdout.matchAll(/^Address: (?!.*:53$)(.+)$/gm)].map(([, address]) => address as string);
}
