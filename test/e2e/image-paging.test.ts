import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { pushImage } from "../harness/images/push.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const serving = `127.0.0.1:${await freePort()}`;
const tags = ["a", "b", "c", "d", "e"];

systemSuite(
  "lists of tags in pages",
  (suite) => {
    it("are read to their end by pull -a", async () => {
      for (const tag of tags) await pushImage(suite.registry, `many:${tag}`, await busyboxImage());
      await using registry = await startPagingRegistry(suite.registry.url);

      await suite.mustTdock(["pull", "-q", "-a", `${registry.host}/many`]);

      const pulled = await suite.mustTdock(["images", "--format", "{{.Tag}}", `${registry.host}/many`]);
      expect(pulled.split("\n").toSorted()).toEqual(tags);
      expect(registry.pages).toBe(3);
    });

    it("are served as long as they are asked for, with a link to the next", async () => {
      for (const tag of tags) await suite.mustTdock(["tag", suite.busybox, `paged:${tag}`]);
      const list = `http://${serving}/v2/library/paged/tags/list`;

      const found: string[] = [];
      let next: string | undefined = `${list}?n=2`;
      while (next !== undefined) {
        const response: Response = await fetch(next);
        found.push(...((await response.json()) as { tags: string[] }).tags);
        const [, target] = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "") ?? [];
        next = target && new URL(target, list).href;
      }
      const catalog = await fetch(`http://${serving}/v2/_catalog?n=1`);
      const wrong = await fetch(`${list}?n=-1`);
      const listed = JSON.parse(
        await mustRun("skopeo", ["list-tags", "--tls-verify=false", `docker://${serving}/library/paged`]),
      );

      expect(found).toEqual(tags);
      expect(listed.Tags).toEqual(tags);
      expect(catalog.headers.get("link")).toContain('rel="next"');
      expect(((await catalog.json()) as { repositories: string[] }).repositories).toHaveLength(1);
      expect({ status: wrong.status, body: await wrong.json() }).toEqual({
        status: 400,
        body: { errors: [{ code: "PAGINATION_NUMBER_INVALID", message: expect.stringContaining("-1") }] },
      });
    });
  },
  { flags: [`--serve-images=${serving}`] },
);

/** A registry that gives two tags at a time, whatever is asked for; all else is another's. */
async function startPagingRegistry(origin: string) {
  let pages = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://registry");
    if (!url.pathname.endsWith("/tags/list")) return response.writeHead(307, { location: origin + request.url }).end();
    pages += 1;
    const rest = tags.filter((tag) => tag > (url.searchParams.get("last") ?? ""));
    const page = rest.slice(0, 2);
    if (rest.length > 2) response.setHeader("link", `<${url.pathname}?n=2&last=${page.at(-1)}>; rel="next"`);
    return response.end(JSON.stringify({ name: "many", tags: page }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get pages() {
      return pages;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
