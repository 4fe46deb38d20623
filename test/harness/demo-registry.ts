// A registry on loopback with one image made of Debian's busybox. Prints the image's reference, and ends with its stdin.
import { once } from "node:events";
import { busyboxImage } from "./images/busybox.ts";
import { pushImage } from "./images/push.ts";
import { startRegistry } from "./registry/registry.ts";

await using registry = await startRegistry({ port: Number(process.argv[2] ?? 5077) });
await pushImage(registry, "busybox", await busyboxImage());
process.stdout.write(`${registry.host}/busybox\n`);
process.stdin.resume();
await once(process.stdin, "end");
