import { decode } from "dns-packet";
import type { Element } from "../element.ts";
import type { Sandbox } from "../sandbox.ts";
import { allowsName } from "./policy.ts";
import { openingElements } from "./rules.ts";

/** An address stays open for at least this long: programs look a name up once and connect again and again. */
const minSeconds = 300;
const maxSeconds = 86_400;

/** What an answer that a container is about to get opens for it, by the names that its policy allows. */
export function openingsOf({ egress, endpoints }: Sandbox, reply: Buffer): Element[] {
  const { name, addresses } = readAnswer(reply);
  const places = (egress?.allowed ?? []).filter((place) => allowsName(place, name));
  return addresses.flatMap(({ address, ttlSeconds }) => {
    const seconds = Math.min(maxSeconds, Math.max(minSeconds, ttlSeconds));
    return places.flatMap((place) => openingElements({ endpoints, place, destination: address, seconds }));
  });
}

/** The name that was asked for, and the addresses it was found to have, by way of other names or not. */
export function readAnswer(reply: Buffer): { name: string; addresses: { address: string; ttlSeconds: number }[] } {
  const { questions = [], answers = [] } = decode(reply);
  return {
    name: questions[0]?.name ?? "",
    addresses: answers.flatMap((answer) =>
      answer.type === "A" || answer.type === "AAAA" ? [{ address: answer.data, ttlSeconds: answer.ttl ?? 0 }] : [],
    ),
  };
}
