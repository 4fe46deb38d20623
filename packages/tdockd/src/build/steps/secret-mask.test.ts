import { describe, expect, it } from "vitest";
import { SecretMask } from "./secret-mask.ts";

async function masked(secrets: readonly string[], ...written: string[]): Promise<string> {
  const shown: Buffer[] = [];
  const mask = new SecretMask(
    secrets.map((secret) => Buffer.from(secret)),
    async (bytes) => {
      shown.push(bytes);
    },
  );
  for (const text of written) await mask.write(Buffer.from(text));
  await mask.end();
  return Buffer.concat(shown).toString();
}

describe("SecretMask", () => {
  it.each([
    ["a secret", ["hunter2"], ["it is hunter2, hunter2\n"], "it is ****, ****\n"],
    ["one that comes in pieces", ["hunter2"], ["hun", "ter", "2!"], "****!"],
    ["each line of a key", ["BEGIN\nabcd\nEND\n"], ["abcd BEGIN\n", "END"], "**** ****\nEND"],
    ["of two that begin alike, all", ["hunter", "hunter2-long"], ["hunter", "2-long hunter"], "**** ****"],
    ["one that ends as it begins", ["abcab"], ["xabcab", "\n"], "x****\n"],
    ["letters of more than one byte", ["schlüssel"], ["Der schlüssel."], "Der ****."],
    [
      "a long one, all of it",
      ["x".repeat(3000)],
      ["a", "x".repeat(1500), "x".repeat(1500), "z"],
      `a${"*".repeat(12)}z`,
    ],
  ])("hides %s", async (_, secrets, written, shown) => {
    expect(await masked(secrets, ...written)).toBe(shown);
  });

  it.each([
    ["without secrets", [], ["text"]],
    ["that only begins like one", ["hunter2"], ["hunt", "ing hunter"]],
    ["with a secret that is too short to be one", ["abc"], ["abc"]],
  ])("leaves output %s as it is", async (_, secrets, written) => {
    expect(await masked(secrets, ...written)).toBe(written.join(""));
  });
});
