import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ForeignObjects } from "../harness/foreign-objects.ts";
import { freePort } from "../harness/free-port.ts";
import { newLayout } from "../harness/instance/layout.ts";
import { systemSuite } from "../harness/suite.ts";

/** Room for four networks of a /24; the default one has the first. */
const smallPool = "10.203.64.0/22";

systemSuite(
  "networks under attack, and what others have",
  (suite) => {
    const { api } = suite;
    let foreign: ForeignObjects;
    let planted: string;
    const start = async (body: object) => {
      const { Id } = (await api("POST", "/containers/create", { Image: suite.busybox, Cmd: ["sleep", "600"], ...body }))
        .body;
      return { id: Id as string, ...(await api("POST", `/containers/${Id}/start`)) };
    };
    const remove = (id: string) => api("DELETE", `/containers/${id}?force=1&v=1`);

    beforeAll(async () => {
      foreign = await ForeignObjects.plant();
      planted = await foreign.look();
    });
    afterAll(async () => {
      await foreign[Symbol.asyncDispose]();
    });
    afterEach(async () => {
      expect((await api("GET", "/_ping")).status).toBe(200);
    });

    describe("what cannot be", () => {
      it.each([
        ["connect to a network that is not there", "POST", "/networks/nowhere/connect", { Container: "nobody" }, 404],
        ["connect a container that is not there", "POST", "/networks/bridge/connect", { Container: "nobody" }, 404],
        [
          "disconnect a container that is not there",
          "POST",
          "/networks/bridge/disconnect",
          { Container: "nobody" },
          404,
        ],
        ["remove a network that is not there", "DELETE", "/networks/nowhere", undefined, 404],
        ["remove the default network", "DELETE", "/networks/bridge", undefined, 403],
        ["remove a volume that is not there", "DELETE", "/volumes/nowhere", undefined, 404],
        ["inspect a volume whose name is a path", "GET", "/volumes/..%2f..%2fetc", undefined, 404],
        ["inspect a network whose name is a path", "GET", "/networks/..%2f..", undefined, 404],
        ["copy a volume that is not there", "POST", "/volumes/nowhere/clone?name=x", undefined, 404],
        [
          "make a volume whose device is not there",
          "POST",
          "/volumes/create",
          { Name: "xx", DriverOpts: { type: "none" } },
          400,
        ],
        [
          "make a volume with an option that is not known",
          "POST",
          "/volumes/create",
          { Name: "xx", DriverOpts: { evil: "1" } },
          400,
        ],
        [
          "make a volume with a driver that is not there",
          "POST",
          "/volumes/create",
          { Name: "xx", Driver: "evil" },
          404,
        ],
        [
          "make a network whose bridge is no name",
          "POST",
          "/networks/create",
          { Name: "x", Options: { "com.docker.network.bridge.name": "a/../b" } },
          400,
        ],
        [
          "make a network over a network of the host",
          "POST",
          "/networks/create",
          { Name: "x", IPAM: { Config: [{ Subnet: "127.0.0.0/24" }] } },
          403,
        ],
        [
          "make a network with no subnet at all",
          "POST",
          "/networks/create",
          { Name: "x", IPAM: { Config: [{ Subnet: "10.0.0.0/33" }] } },
          400,
        ],
      ] as const)("refuses to %s", async (_, method, path, body, status) => {
        const answer = await api(method, path, body);

        expect([answer.status, answer.body.message]).toEqual([status, expect.stringMatching(/\w/)]);
      });

      it("names the pool that is used up, and takes a subnet of one's own all the same", async () => {
        const made: number[] = [];
        let last = await api("POST", "/networks/create", { Name: "pool0" });
        for (let index = 1; last.status === 201; index += 1) {
          made.push(last.status);
          last = await api("POST", "/networks/create", { Name: `pool${index}` });
        }

        expect(made).toHaveLength(3);
        expect([last.status, last.body.message]).toEqual([409, expect.stringContaining(smallPool)]);
        const own = { Name: "own", IPAM: { Config: [{ Subnet: "10.77.9.0/29" }] } };
        expect((await api("POST", "/networks/create", own)).status).toBe(201);
        await api("POST", "/networks/prune");
      });

      it("says that a subnet has no address left", async () => {
        await api("POST", "/networks/create", { Name: "tiny", IPAM: { Config: [{ Subnet: "10.77.9.0/30" }] } });
        const [first, second] = [
          await start({ HostConfig: { NetworkMode: "tiny" } }),
          await start({ HostConfig: { NetworkMode: "tiny" } }),
        ];

        expect(first.status).toBe(204);
        expect([second.status, second.body.message]).toEqual([
          expect.toSatisfy((code) => code >= 400),
          expect.stringContaining("address pools: tiny"),
        ]);
        await Promise.all([first.id, second.id].map(remove));
        await api("DELETE", "/networks/tiny");
      });

      it.each([
        ["an alias", { Aliases: ["a\n1.2.3.4 b"] }],
        ["a link", { Links: ["web:a\n1.2.3.4 b"] }],
        ["an address", { IPAMConfig: { IPv4Address: "10.77.9.2; flush ruleset" } }],
        ["a hardware address", { MacAddress: "02:00:00:00:00:01\nx" }],
      ])("refuses %s that is more than one word", async (_, EndpointConfig) => {
        const IPAM = { Config: [{ Subnet: "10.77.9.0/29" }] };
        await api("POST", "/networks/create", { Name: "worded", IPAM });
        const { id } = await start({});

        const { status, body } = await api("POST", "/networks/worded/connect", { Container: id, EndpointConfig });

        expect([status, body.message]).toEqual([400, expect.stringMatching(/invalid/)]);
        await remove(id);
        await api("DELETE", "/networks/worded");
      });

      it("connects a paused container, which is there when it goes on", async () => {
        await api("POST", "/networks/create", { Name: "later" });
        const { id } = await start({});
        await api("POST", `/containers/${id}/pause`);

        expect((await api("POST", "/networks/later/connect", { Container: id })).status).toBe(200);
        await api("POST", `/containers/${id}/unpause`);

        expect((await suite.tdock(["exec", id, "ls", "/sys/class/net"])).stdout).toContain("eth1");
        await remove(id);
        await api("DELETE", "/networks/later");
      });
    });

    describe("a hundred clients at once", () => {
      const hundred = <T>(call: (index: number) => Promise<T>) =>
        Promise.all(Array.from({ length: 100 }, (_, index) => call(index)));

      it("make one network of a name", async () => {
        const answers = await hundred(() => api("POST", "/networks/create", { Name: "wanted" }));

        expect(answers.map(({ status }) => status).sort()).toEqual([201, ...new Array<number>(99).fill(409)]);
        await api("DELETE", "/networks/wanted");
      });

      it("make one volume of a name", async () => {
        const answers = await hundred(() => api("POST", "/volumes/create", { Name: "wanted" }));

        expect(new Set(answers.map(({ status, body }) => `${status} ${body.CreatedAt}`)).size).toBe(1);
      });

      it("publish a port once, and the others start nothing", async () => {
        const HostPort = String(await freePort());
        const PortBindings = { "80/tcp": [{ HostIp: "127.0.0.1", HostPort }] };

        const answers = await hundred(() => start({ HostConfig: { PortBindings } }));

        const won = answers.filter(({ status }) => status === 204);
        expect(won).toHaveLength(1);
        for (const { status, body } of answers)
          if (status !== 204) expect(body.message).toContain("port is already allocated");
        await Promise.all(answers.map(({ id }) => remove(id)));
        const again = await start({ HostConfig: { PortBindings } });
        expect(again.status).toBe(204);
        await remove(again.id);
      });
    });

    it("leaves what others have on this machine alone, over a death and a prune too", async () => {
      await api("POST", "/networks/create", { Name: "mine" });
      const { id } = await start({ HostConfig: { NetworkMode: "mine", Binds: ["mine:/v"] } });
      await suite.tdockd.stop("SIGKILL");
      await suite.tdockd.start();
      await remove(id);
      for (const kind of ["containers", "networks", "volumes"]) await api("POST", `/${kind}/prune`);

      expect(await foreign.look()).toBe(planted);
      expect(planted.match(/^0 /gm)).toHaveLength(6);
    });
  },
  { layout: { ...newLayout(), addressPool: smallPool } },
);
