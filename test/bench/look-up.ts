// Asks a DNS server for the address of each name in turn, and prints how many milliseconds each answer took.
// Arguments: the server's address, names.
import { Resolver } from "node:dns/promises";

const [server = "", ...names] = process.argv.slice(2);
const resolver = new Resolver();
resolver.setServers([server]);
// What is done for the first time is done before.
await resolver.resolve4(names[0] ?? "");
for (const name of names) {
  const begin = performance.now();
  await resolver.resolve4(name);
  process.stdout.write(`${performance.now() - begin}\n`);
}
