import { runProgram } from "../harness/program.ts";

/**
 * Remembers which of iptables' tables the machine has; disposing of it deletes those that came since, and the rules
 * about `bridge` in the others. A dockerd leaves its rules behind when it ends.
 */
export async function guardFirewall(bridge: string): Promise<AsyncDisposable> {
  const before = await iptablesTables();
  return {
    [Symbol.asyncDispose]: async () => {
      for (const table of await iptablesTables()) {
        if (before.includes(table)) await deleteRules(table, bridge);
        else await runProgram("nft", ["delete", "table", "ip", table]);
      }
    },
  };
}

async function iptablesTables(): Promise<string[]> {
  const { stdout } = await runProgram("nft", ["list", "tables", "ip"]);
  return [...stdout.matchAll(/^table ip (\w+)$/gm)].map(([, name = ""]) => name);
}

async function deleteRules(table: string, bridge: string): Promise<void> {
  const { stdout } = await runProgram("iptables", ["-t", table, "-S"]);
  const rules = stdout.split("\n").filter((line) => line.startsWith("-A") && line.includes(bridge));
  for (const rule of rules) await runProgram("iptables", ["-t", table, "-D", ...rule.split(" ").slice(1)]);
}
