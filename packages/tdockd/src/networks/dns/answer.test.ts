import { decode, encode, type Packet } from "dns-packet";
import { describe, expect, it } from "vitest";
import type { Network } from "../network.ts";
import type { Member } from "../sandbox-store.ts";
import { answerLocally, readQuery } from "./answer.ts";

const member = {
  sandbox: { containerName: "web" },
  endpoint: { dnsNames: ["web"], ipv4: { address: "10.0.0.2" } },
} as unknown as Member;
const scope = {
  networks: [{ id: "n", name: "front", subnets: [{ subnet: "10.0.0.0/24" }] } as unknown as Network],
  membersOf: () => [member],
};

function ask(type: "A" | "AAAA" | "PTR" | "TXT", name: string) {
  const query = readQuery(encode({ type: "query", id: 7, flags: 256, questions: [{ type, name }] }), "udp");
  const reply = query === undefined ? undefined : answerLocally(scope, query);
  return reply === undefined ? undefined : decode(reply);
}

describe("answerLocally", () => {
  it("answers a container's address", () => {
    expect(ask("A", "web")).toMatchObject({
      id: 7,
      rcode: "NOERROR",
      answers: [{ name: "web", type: "A", data: "10.0.0.2" }],
    });
  });

  it.each(["AAAA", "TXT"] as const)("says that a container has no %s, so that nobody else is asked", (type) => {
    expect(ask(type, "web")).toMatchObject({ rcode: "NOERROR", answers: [] });
  });

  it("answers reverse look-ups of its own networks, also those that nobody has", () => {
    expect(ask("PTR", "2.0.0.10.in-addr.arpa")?.answers).toMatchObject([{ data: "web.front" }]);
    expect(ask("PTR", "9.0.0.10.in-addr.arpa")).toMatchObject({ rcode: "NXDOMAIN" });
  });

  it("leaves everything else to others", () => {
    expect(ask("A", "example.com")).toBeUndefined();
    expect(ask("PTR", "1.1.1.1.in-addr.arpa")).toBeUndefined();
  });
});

describe("an answer for a hundred containers of one alias", () => {
  const endpoint = { dnsNames: ["workers"], ipv4: { address: "10.0.0.2" } };
  const members = Array.from({ length: 100 }, () => ({ ...member, endpoint }) as unknown as Member);
  const questions = [{ type: "A" as const, name: "workers" }];
  const additionals: Packet["additionals"] = [
    {
      type: "OPT",
      name: ".",
      udpPayloadSize: 1232,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ];

  it.each([
    ["by UDP, which says that there are more", "udp", [], 512, true],
    ["by UDP with EDNS, which says that there are more", "udp", additionals, 1232, true],
    ["by TCP", "tcp", [], 65535, false],
  ] as const)("fits %s", (_, transport, extra, maxBytes, isTruncated) => {
    const query = readQuery(encode({ type: "query", id: 7, questions, additionals: [...extra] }), transport);
    const reply = query && answerLocally({ ...scope, membersOf: () => members }, query);

    const { answers, flag_tc } = decode(reply ?? Buffer.alloc(0));
    expect(flag_tc).toBe(isTruncated);
    expect(reply?.length).toBeLessThanOrEqual(maxBytes);
    expect(answers?.length).toBeGreaterThan(isTruncated ? maxBytes / 30 : 99);
  });
});

describe("readQuery", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["noise", Buffer.from("0123456789abcdef0123456789abcdef")],
    ["an answer", encode({ type: "response", id: 1, questions: [{ type: "A", name: "x" }] })],
    ["no question", encode({ type: "query", id: 1 })],
  ])("refuses %s", (_, bytes) => {
    expect(readQuery(bytes, "udp")).toBeUndefined();
  });
});
