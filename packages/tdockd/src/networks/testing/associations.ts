import { spawn } from "node:child_process";
import { once } from "node:events";
import { runIn } from "./private-host.ts";

/** SCTP by hand, for kernels that have none of their own: the two messages that an association begins with. */
const messages = `import socket, struct, sys
def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8): crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff
def message(source, target, tag, kind):
    head = struct.pack(">HHI", source, target, tag)
    chunk = struct.pack(">BBHIIHHI", kind, 0, 20, 0x7d0c, 65536, 1, 1, 1)
    return head + struct.pack("<I", crc32c(head + bytes(4) + chunk)) + chunk
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
raw.settimeout(2)
def receive():
    packet, (address, _) = raw.recvfrom(999)
    source, target = struct.unpack(">HH", packet[20:24])
    return address, source, target
`;
const answer = `${messages}
raw.settimeout(None)
print("ready", flush=True)
while True:
    address, source, target = receive()
    if target == int(sys.argv[1]): raw.sendto(message(target, source, 0x7d0c, 2), (address, 0))`;
const ask = `${messages}
raw.sendto(message(5998, int(sys.argv[2]), 0, 1), (sys.argv[1], 0))
print(*receive(), end="")`;

/** Answers the first message of each association at a port. */
export async function answerAssociations(path: string, port: number): Promise<Disposable> {
  const server = spawn("nsenter", [`--net=${path}`, "/usr/bin/python3", "-c", answer, String(port)]);
  await once(server.stdout, "data");
  return { [Symbol.dispose]: () => void server.kill("SIGKILL") };
}

/** Asks for an association; the address and the two ports of the answer, "" when there is none. */
export async function askForAssociation(from: string, address: string, port: number): Promise<string> {
  return (await runIn(from, "/usr/bin/python3", "-c", ask, address, String(port))).stdout;
}
