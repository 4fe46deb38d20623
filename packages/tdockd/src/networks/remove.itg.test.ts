import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { Container } from "../containers/container.ts";
import { ContainerStore } from "../containers/store.ts";
import { createBridge, deleteLink, findLink } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { connectNetwork } from "./connect.ts";
import { createNetwork } from "./create.ts";
import { removeNetwork } from "./remove.ts";
import { addressOf, idOf, openContainer, pathOf } from "./testing/containers.ts";
import { runIn } from "./testing/private-host.ts";
import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();
const nameOption = "com.docker.network.bridge.name";

function isThere(device: string): boolean {
  using socket = new NetlinkSocket();
  return findLink(socket, device) !== undefined;
}

const create = (name: string, options: Record<string, string> = {}) =>
  createNetwork(host.engine, { body: { Name: name, Options: options } });

describe("createNetwork", () => {
  it("refuses a device that is somebody else's, and leaves it and nothing of its own", async () => {
    using socket = new NetlinkSocket();
    createBridge(socket, "theirs0", {});

    await expect(create("mine", { [nameOption]: "theirs0" })).rejects.toMatchObject({ code: "conflict" });

    expect(isThere("theirs0")).toBe(true);
    expect(host.engine.networks.records.find("mine")).toBeUndefined();
    await deleteLink(socket, "theirs0");
  });

  it.each(["false", "0", "False"])("keeps containers apart with enable_icc=%s", async (value) => {
    const { Id: id } = await create("apart", { "com.docker.network.bridge.enable_icc": value });
    const [a, b] = [
      await openContainer(host, "a", { endpoints: { apart: {} } }),
      await openContainer(host, "b", { endpoints: { apart: {} } }),
    ];

    const { exitCode } = await runIn(pathOf(a), "busybox", "ping", "-c1", "-W1", addressOf(b));

    expect(exitCode).not.toBe(0);
    await host.closeContainers();
    await removeNetwork(host.engine, { id });
  });
});

describe("removeNetwork", () => {
  it("takes the bridge away though somebody has flushed the rules", async () => {
    const { Id: id } = await create("flushed", { [nameOption]: "flushed0" });
    host.nft.run("flush ruleset");

    await removeNetwork(host.engine, { id });

    expect(isThere("flushed0")).toBe(false);
  });

  it("is finished by the next start when it was cut short", async () => {
    await create("cut", { [nameOption]: "cut0" });
    await host.engine.networks.records.remove(host.engine.networks.records.get("cut"));

    await host.restart();

    expect(isThere("cut0")).toBe(false);
    expect(isThere("tdock0")).toBe(true);
  });
});

describe("connectNetwork", () => {
  it("does not connect to a network that was removed while it waited for the container", async () => {
    const folder = mkdtempSync(join(tmpdir(), "containers-"));
    const containers = await ContainerStore.open(folder, pino({ level: "silent" }));
    const id = idOf("a");
    await containers.create({ id, name: "a", hostConfig: {}, endpoints: {} } as unknown as Container);
    await openContainer(host, "a");
    const { Id: network } = await create("going", { [nameOption]: "going0" });
    const lock = await containers.lock(id);
    const connecting = connectNetwork({ ...host.engine, containers }, { id: network, body: { Container: id } });

    await removeNetwork(host.engine, { id: network });
    lock[Symbol.dispose]();

    await expect(connecting).rejects.toMatchObject({ code: "not-found" });
    expect(isThere("going0")).toBe(false);
    await rm(folder, { recursive: true });
  });
});
