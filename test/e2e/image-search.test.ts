import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

const longDescription = "many words ".repeat(20).trim();
const results = [
  { name: "team/popular", description: "much used", star_count: 120, is_official: false, is_automated: true },
  { name: "official", description: "the real one", star_count: 30, is_official: true, is_automated: false },
  { name: "team/new", description: longDescription, star_count: 0, is_official: false, is_automated: false },
];

systemSuite("tdock search", (suite) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
    if (pathname !== "/v1/search") return response.writeHead(pathname === "/v2/" ? 200 : 404).end("{}");
    asked.push(`${searchParams.get("q")} ${searchParams.get("n")}`);
    if (searchParams.get("q") === "broken") return response.end("<html>");
    return response.end(JSON.stringify({ results }));
  });
  const term = (word: string) => `127.0.0.1:${(server.address() as AddressInfo).port}/${word}`;
  const names = async (...flags: readonly string[]) =>
    (await suite.mustTdock(["search", ...flags, "--format", "{{.Name}}", term("app")])).split("\n");

  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(() => void server.close());

  it("asks the registry that stands in front of the term, and shows what it found as a table", async () => {
    const lines = (await suite.mustTdock(["search", "--limit", "7", term("app")])).split("\n");

    expect(asked).toEqual(["app 7"]);
    expect(lines[0]).toMatch(/^NAME +DESCRIPTION +STARS +OFFICIAL/);
    expect(lines[1]).toMatch(/^team\/popular +much used +120/);
    expect(lines[2]).toMatch(/^official +the real one +30 +\[OK\]/);
    expect(lines).toHaveLength(4);
  });

  it.each([
    ["stars=30", ["team/popular", "official"]],
    ["is-official=true", ["official"]],
    ["is-official=false", ["team/popular", "team/new"]],
    ["is-automated=1", ["team/popular"]],
  ])("shows only what the filter %s lets through", async (filter, found) => {
    expect(await names("--filter", filter)).toEqual(found);
  });

  it("cuts long descriptions off, unless told otherwise", async () => {
    const descriptions = async (...flags: readonly string[]) =>
      (await suite.mustTdock(["search", ...flags, "--format", "{{.Description}}", term("app")])).split("\n");

    expect((await descriptions())[2]).toBe(`${longDescription.slice(0, 44)}…`);
    expect((await descriptions("--no-trunc"))[2]).toBe(longDescription);
  });

  describe.each([
    ["stars=abc", "invalid filter 'stars=abc'"],
    ["stars=-1", "invalid filter 'stars=-1'"],
    ["is-official=maybe", "invalid filter 'is-official=maybe'"],
    ["colour=red", "colour"],
  ])("with the filter %s", (filter, message) => {
    it("says what is wrong with it, and asks nobody", async () => {
      const before = asked.length;

      const { exitCode, stderr } = await suite.tdock(["search", "--filter", filter, term("app")]);

      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(message) });
      expect(asked.length).toBe(before);
    });
  });

  it.each([
    ["a limit that is too high", ["--limit", "101", "app"], "outside the range"],
    ["an answer that is none", ["broken"], "the search's answer is malformed"],
  ])("names %s", async (_, args, message) => {
    const full = args.map((arg) => (/^[a-z]/.test(arg) ? term(arg) : arg));

    expect(await suite.tdock(["search", ...full])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(message),
    });
  });
});
