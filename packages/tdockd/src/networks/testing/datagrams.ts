import { spawn } from "node:child_process";
import { once } from "node:events";
import { runIn } from "./private-host.ts";

const answer = `import socket, sys
server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.bind(("::", int(sys.argv[1])))
print("ready", flush=True)
while True: server.sendto(sys.argv[2].encode(), server.recvfrom(99)[1])`;

const send = `import socket, sys
address = socket.getaddrinfo(sys.argv[1], int(sys.argv[2]), type=socket.SOCK_DGRAM)[0]
client = socket.socket(address[0], socket.SOCK_DGRAM)
client.settimeout(2)
client.bind(("", 5999))
client.sendto(b"?", address[4])
print(client.recvfrom(99)[0].decode(), end="")`;

/** A server in a network namespace that answers each UDP packet with a text. */
export async function answerDatagrams(path: string, port: number, text: string): Promise<Disposable> {
  const server = spawn("nsenter", [`--net=${path}`, "/usr/bin/python3", "-c", answer, String(port), text]);
  await once(server.stdout, "data");
  return { [Symbol.dispose]: () => void server.kill("SIGKILL") };
}

/** Sends from the same port each time, as a sender does that never pauses. Answers what came back within two seconds. */
export async function sendDatagram(from: string, address: string, port: number): Promise<string> {
  return (await runIn(from, "/usr/bin/python3", "-c", send, address, String(port))).stdout;
}
