import { spawn } from "node:child_process";
import { once } from "node:events";

// Node takes every connection at once: this program takes none.
const script = `
import socket, sys
host, *ports = sys.argv[1:]
kept = []
for port in map(int, ports):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(0)
    for _ in range(3):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((host, port))
        kept.append(client)
    kept.append(listener)
print("full", flush=True)
sys.stdin.read()
`;

/**
 * Listens at an address, with all the connections waiting that its queue has room for: the kernel drops what asks for
 * another, as a firewall does, until this is disposed of.
 */
export async function startFullListener(host: string, ports: readonly number[]): Promise<AsyncDisposable> {
  const child = spawn("python3", ["-c", script, host, ...ports.map(String)], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return {
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
    },
  };
}
