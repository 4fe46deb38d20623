import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureBridge, removeBridge } from "./bridge.ts";
import { listAddresses } from "./netlink/addresses.ts";
import { changeLink, createBridge, createVeth, deleteLink, findLink } from "./netlink/links.ts";
import { NetlinkSocket } from "./netlink/socket.ts";
import { createNamespace, enterNamespace, removeNamespace } from "./netns.ts";

let folder = "";
let path = "";
const home = new NetlinkSocket();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bridge-"));
  path = join(folder, "ns");
  createNamespace(path, () => {});
});
afterEach(async () => {
  removeNamespace(path);
  await rm(folder, { recursive: true });
});

const request = { name: "br-test", alias: "tdock:n", addresses: ["10.9.0.1/24"], hasIpv6: false, mtu: 1400 };

describe("ensureBridge", () => {
  it("makes the bridge once, up and with its address", () => {
    enterNamespace(path, ({ socket }) => {
      const index = ensureBridge(request);

      expect(ensureBridge(request)).toBe(index);
      expect(findLink(socket, "br-test")).toMatchObject({ kind: "bridge", alias: "tdock:n", isUp: true, mtu: 1400 });
      expect(listAddresses(socket)).toContainEqual({ deviceIndex: index, address: "10.9.0.1", prefixLength: 24 });
    });
  });

  it("keeps the bridge's hardware address while ports come and go", async () => {
    const socket = enterNamespace(path, ({ socket: inside }) => {
      const masterIndex = ensureBridge(request);
      const mac = findLink(inside, "br-test")?.mac;
      const settings = { masterIndex, mac: "02:00:00:00:00:01" };
      createVeth(inside, { name: "port", settings, peer: { name: "other" } });

      expect(findLink(inside, "br-test")?.mac).toBe(mac);
      expect(mac).not.toBe("02:00:00:00:00:01");
      return new NetlinkSocket();
    });
    const before = findLink(socket, "br-test")?.mac;

    await deleteLink(socket, "port");

    expect(findLink(socket, "br-test")?.mac).toBe(before);
    socket[Symbol.dispose]();
  });

  it("leaves a foreign device of that name alone", () => {
    enterNamespace(path, ({ socket }) => {
      createBridge(socket, "br-test", {});

      expect(() => ensureBridge(request)).toThrow("a network device named br-test exists and is not tdock's");
      expect(findLink(socket, "br-test")).toMatchObject({ alias: "", isUp: false });
    });
  });
});

describe("removeBridge", () => {
  it("removes only what carries the mark", async () => {
    createBridge(home, "tdockbr-test", {});
    try {
      expect(await removeBridge("tdockbr-test", "tdock:n")).toBe(false);
      changeLink(home, 0, { name: "tdockbr-test", alias: "tdock:n" });
      expect(await removeBridge("tdockbr-test", "tdock:n")).toBe(true);
      expect(findLink(home, "tdockbr-test")).toBeUndefined();
    } finally {
      await deleteLink(home, "tdockbr-test");
      home[Symbol.dispose]();
    }
  });
});
