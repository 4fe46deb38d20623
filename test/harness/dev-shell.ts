// A fresh tdockd and registry around one command (default: a shell), which finds them by DOCKER_HOST and BUSYBOX.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { busyboxImage } from "./images/busybox.ts";
import { pushImage } from "./images/push.ts";
import { programs } from "./instance/programs.ts";
import { startTdockd } from "./instance/tdockd.ts";
import { startRegistry } from "./registry/registry.ts";

const [command = process.env.SHELL ?? "/bin/sh", ...args] = process.argv.slice(2);
await using registry = await startRegistry();
await pushImage(registry, "busybox", await busyboxImage());
await using tdockd = await startTdockd();
const { socket, root } = tdockd.layout;
process.stderr.write(`tdockd on ${socket}, log in ${root}/tdockd.log, image ${registry.host}/busybox in $BUSYBOX\n`);

// Ctrl-C belongs to the command, which shares the terminal.
process.on("SIGINT", () => undefined);
const child = spawn(command, args, {
  stdio: "inherit",
  env: {
    ...process.env,
    DOCKER_HOST: `unix://${socket}`,
    BUSYBOX: `${registry.host}/busybox`,
    PATH: `${dirname(programs.tdock)}:${process.env.PATH}`,
  },
});
const [code] = await once(child, "exit");
process.exitCode = code ?? 1;
