import { isIP } from "node:net";
import {
  type Answer,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from "dns-packet";
import { plainAddress } from "../../host/netlink/address-bytes.ts";
import { addressOfReverseName, lookUpAddress, lookUpName, type Scope } from "./lookup.ts";

/** Response codes of RFC 1035, in the low bits of a packet's flags. */
export const rcode = { noError: 0, serverFailure: 2, nameError: 3, refused: 5 } as const;

/** Short, because a container that starts again may get another address. */
const ttlSeconds = 5;

/** A query that can be read: one question, as every resolver sends. */
export interface Query {
  readonly id: number;
  readonly flags: number;
  readonly question: Question;
  /** The longest answer that the client takes. */
  readonly maxBytes: number;
}

/** Reads a query; `undefined` for what is none, which is best not answered at all. */
export function readQuery(bytes: Buffer, transport: "udp" | "tcp"): Query | undefined {
  try {
    const packet = decode(bytes);
    const [question] = packet.questions ?? [];
    if (packet.type !== "query" || question === undefined) return undefined;
    const maxBytes = transport === "tcp" ? 0xffff : datagramSize(packet);
    return { id: packet.id ?? 0, flags: packet.flags ?? 0, question, maxBytes };
  } catch {
    return undefined;
  }
}

/** What RFC 1035 lets a datagram have, and RFC 6891 lets a client raise. */
function datagramSize({ additionals = [] }: Packet): number {
  const sizes = additionals.map((one) => (one.type === "OPT" ? one.udpPayloadSize : 0));
  return Math.max(512, ...sizes);
}

/** The answer that tdock itself knows, or `undefined` when the question is for somebody else. */
export function answerLocally(scope: Scope, query: Query): Buffer | undefined {
  const { name, type } = query.question;
  if (type === "PTR") return answerReverse(scope, query);
  const addresses = lookUpName(scope, name);
  if (addresses === undefined) return undefined;
  const answers = addresses.flatMap((address): Answer[] => {
    const kind = isIP(address) === 6 ? "AAAA" : "A";
    return type === kind || type === ("ANY" as string) ? [{ name, type: kind, ttl: ttlSeconds, data: address }] : [];
  });
  // The name exists; that it has no address of the other family is an answer too, and must not be asked elsewhere.
  return encodeReply(query, rcode.noError, answers);
}

/** An answer; one without records says why. As many records as the client takes, who then asks by TCP for all. */
export function encodeReply(query: Query, flags: number, answers: Answer[] = []): Buffer {
  const packet: Packet = {
    id: query.id,
    type: "response",
    flags: (query.flags & RECURSION_DESIRED) | RECURSION_AVAILABLE | flags,
    questions: [query.question],
    answers,
  };
  const bytes = encode(packet);
  if (bytes.length <= query.maxBytes) return bytes;
  const fitting = Math.floor((answers.length * query.maxBytes) / bytes.length);
  return encodeReply(query, flags | TRUNCATED_RESPONSE, answers.slice(0, fitting));
}

function answerReverse(scope: Scope, query: Query): Buffer | undefined {
  const address = addressOfReverseName(query.question.name);
  const found = address === undefined || isIP(address) === 0 ? undefined : lookUpAddress(scope, plainAddress(address));
  if (found === undefined) return undefined;
  if (found === "nobody") return encodeReply(query, rcode.nameError);
  return encodeReply(query, rcode.noError, [
    { name: query.question.name, type: "PTR", ttl: ttlSeconds, data: found.name },
  ]);
}
