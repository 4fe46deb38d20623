import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { defaultRegistrySettings, RegistryClient } from "./client.ts";
import { hostAt } from "./hosts.ts";
import { listTags } from "./list-tags.ts";
import { RegistrySession } from "./session.ts";

describe("listTags", () => {
  it("tells a mirror which registry it stands for, and which page is wanted", async () => {
    const asked: URL[] = [];
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://mirror.invalid");
      const isFirst = asked.push(url) === 1;
      response.setHeader("link", isFirst ? '</v2/a/b/tags/list?n=1000&last=one>; rel="next"' : "");
      response.end(JSON.stringify({ tags: [isFirst ? "one" : "two"] }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await using client = new RegistryClient(defaultRegistrySettings);
    const mirror = { ...hostAt(`http://127.0.0.1:${port}`), isOrigin: false };
    const session = new RegistrySession(client, "registry.example:5000", [mirror], {});
    try {
      expect(await listTags(session, "a/b", AbortSignal.timeout(5000))).toEqual(["one", "two"]);
    } finally {
      server.close();
    }
    expect(asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
      { n: "1000", ns: "registry.example:5000" },
      { n: "1000", last: "one", ns: "registry.example:5000" },
    ]);
  });
});
