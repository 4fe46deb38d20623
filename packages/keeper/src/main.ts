import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { TdockError } from "@tdock/errors/error";
import { lockFile } from "./file-lock.ts";
import { OutputKeeper } from "./keeper.ts";
import { listen } from "./server.ts";

/** `tdock-keeper --exec-root DIR`: serves at DIR/keeper.sock, keeps what it must know again in DIR/keeper. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { "exec-root": { type: "string", default: "/run/tdock" } } });
  const folder = join(values["exec-root"], "keeper");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  lockFile(join(folder, "lock"));
  await listen(new OutputKeeper(folder), join(values["exec-root"], "keeper.sock"));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`tdock-keeper: ${TdockError.from(error).message}\n`);
  process.exitCode = 1;
}
