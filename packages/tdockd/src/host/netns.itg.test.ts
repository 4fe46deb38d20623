import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addAddress, listAddresses } from "./netlink/addresses.ts";
import { changeLink, createVeth, findLink, listLinks } from "./netlink/links.ts";
import { listRoutes, setRoute } from "./netlink/routes.ts";
import { createNamespace, enterNamespace, listNamespaces, removeNamespace } from "./netns.ts";
import { Nft } from "./nftables.ts";
import { readSysctl, writeSysctl } from "./sysctl.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "netns-"));
});
afterEach(async () => {
  for (const { name } of listNamespaces(folder)) removeNamespace(join(folder, name));
  await rm(folder, { recursive: true });
});

const home = () => readlinkSync("/proc/thread-self/ns/net");

describe("createNamespace", () => {
  it("runs the set-up inside and comes back", () => {
    const before = home();

    const inside = createNamespace(join(folder, "a"), home);

    expect(inside).not.toBe(before);
    expect(home()).toBe(before);
    expect(listNamespaces(folder)).toEqual([{ name: "a", isAlive: true }]);
  });

  it("leaves nothing when the set-up fails", () => {
    const before = home();

    expect(() =>
      createNamespace(join(folder, "a"), () => {
        throw new Error("no");
      }),
    ).toThrow("no");

    expect(home()).toBe(before);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("enterNamespace", () => {
  it("sees the devices, variables and rules of that namespace only", () => {
    const path = join(folder, "a");
    createNamespace(path, () => writeSysctl("net/ipv4/ip_forward", 1));

    enterNamespace(path, ({ socket }) => {
      expect(listLinks(socket).map(({ name }) => name)).toContain("lo");
      expect(findLink(socket, "eth0")).toBeUndefined();
      expect(readSysctl("net/ipv4/ip_forward")).toBe("1");
      using inside = new Nft();
      inside.run("table inet tdock-test { chain c { type filter hook input priority 0; drop; }; }");
    });

    using outside = new Nft();
    expect(outside.run("list tables")).not.toContain("tdock-test");
  });
});

describe("devices, addresses and routes", () => {
  it("are made as asked, between two namespaces", () => {
    const left = join(folder, "left");
    const right = join(folder, "right");
    createNamespace(left, () => {});
    createNamespace(right, ({ fd }) => {
      enterNamespace(left, ({ socket }) => {
        const peer = { name: "eth0", mac: "02:42:0a:00:00:02", namespaceFd: fd, mtu: 1400 };
        createVeth(socket, { name: "pair", settings: { isUp: true, mtu: 1400 }, peer });
        const link = findLink(socket, "pair");
        changeLink(socket, link?.index ?? 0, { alias: "tdock:x" });
      });
    });

    enterNamespace(right, ({ socket }) => {
      const link = findLink(socket, "eth0");
      const deviceIndex = link?.index ?? 0;
      changeLink(socket, deviceIndex, { isUp: true });
      addAddress(socket, { deviceIndex, address: "10.0.0.2", prefixLength: 24 });
      addAddress(socket, { deviceIndex, address: "fd00::2", prefixLength: 64 });
      setRoute(socket, { destination: "0.0.0.0/0", deviceIndex, gateway: "10.0.0.1" });
      setRoute(socket, { destination: "::/0", deviceIndex, gateway: "fd00::1" });

      expect(link).toMatchObject({ kind: "veth", mac: "02:42:0a:00:00:02", mtu: 1400 });
      expect(listAddresses(socket)).toContainEqual({ deviceIndex, address: "10.0.0.2", prefixLength: 24 });
      expect(listRoutes(socket)).toContainEqual({ destination: "0.0.0.0/0", deviceIndex, gateway: "10.0.0.1" });
      expect(listRoutes(socket)).toContainEqual({ destination: "::/0", deviceIndex, gateway: "fd00::1" });
    });
    enterNamespace(left, ({ socket }) => expect(findLink(socket, "pair")?.alias).toBe("tdock:x"));
  });

  it("say what the kernel refused", () => {
    createNamespace(join(folder, "a"), ({ socket }) => {
      createVeth(socket, { name: "pair", settings: {}, peer: { name: "other" } });

      expect(() => createVeth(socket, { name: "pair", settings: {}, peer: { name: "third" } })).toThrow(
        expect.objectContaining({ reason: "EEXIST" }),
      );
    });
  });
});

describe("Nft", () => {
  it("takes all of a script or nothing", () => {
    createNamespace(join(folder, "a"), () => {
      using nft = new Nft();
      expect(() => nft.run("add table inet one\nadd chain inet two c")).toThrow("nft: ");

      expect(nft.run("list tables")).toBe("");
    });
  });

  it("stays with the namespace it was opened in", () => {
    const nft = createNamespace(join(folder, "a"), () => new Nft());

    nft.run("add table inet tdock-test");

    enterNamespace(join(folder, "a"), () => {
      using inside = new Nft();
      expect(inside.run("list tables")).toBe("table inet tdock-test\n");
    });
    nft[Symbol.dispose]();
  });

  it("refuses to be opened where its socket would get a number that select(2) cannot take", () => {
    const fds = Array.from({ length: 1100 }, () => openSync("/dev/null", "r"));

    expect(() => new Nft()).toThrow("too many descriptors are open");

    for (const fd of fds) closeSync(fd);
  });
});
