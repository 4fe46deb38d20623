import { join } from "node:path";
import { parseArgs } from "node:util";
import { OutputKeeper } from "./keeper.ts";
import { listen } from "./server.ts";

/** `tdock-keeper --exec-root DIR`: serves at DIR/keeper.sock, keeps what it must know again in DIR/keeper. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { "exec-root": { type: "string", default: "/run/tdock" } } });
  const execRoot = values["exec-root"];
  await listen(new OutputKeeper(join(execRoot, "keeper")), join(execRoot, "keeper.sock"));
}

await main();
