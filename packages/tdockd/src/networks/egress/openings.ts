import { decode } from "dns-packet";
import { type Element, keyOf } from "../element.ts";
import type { Sandbox } from "../sandbox.ts";
import { allowsName, covers } from "./policy.ts";
import { openingElements } from "./rules.ts";

/** An address stays open for at least this long: programs look a name up once and connect again and again. */
const minSeconds = 300;
const maxSeconds = 86_400;

/**
 * What an answer that a container is about to get opens for it, by the names that its policy allows; each place once,
 * however often answer and policy name it, and none that is open already by its range.
 */
export function openingsOf({ egress, endpoints }: Sandbox, reply: Buffer): Element[] {
  const { name, addresses } = readAnswer(reply);
  const allowed = egress?.allowed ?? [];
  const places = allowed.filter((place) => allowsName(place, name));
  const elements = addresses.flatMap(({ address, ttlSeconds }) => {
    const seconds = Math.min(maxSeconds, Math.max(minSeconds, ttlSeconds));
    return places
      .filter(({ port }) => !allowed.some((range) => covers(range, { host: address, port })))
      .flatMap((place) => openingElements({ endpoints, place, destination: address, seconds }));
  });
  return [...new Map(elements.map((element) => [`${element.set} ${keyOf(element.text)}`, element])).values()];
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
