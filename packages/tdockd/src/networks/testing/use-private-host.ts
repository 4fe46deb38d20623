import { afterAll, afterEach, beforeAll } from "vitest";
import { Nft } from "../../host/nftables.ts";
import { closeSandbox } from "../close-sandbox.ts";
import { openPrivateHost, type PrivateHost } from "./private-host.ts";

/** The private host of a test file, with its rules. */
export interface UsedHost extends Omit<PrivateHost, typeof Symbol.asyncDispose> {
  /** As the host's administrator has them. */
  readonly nft: Nft;
  /** What happens by itself after each test: the networks of all containers are closed. */
  readonly closeContainers: () => Promise<void>;
}

/** Declares a host of the file's own, and what is done with it before and after its tests. Hooks that follow find it. */
export function usePrivateHost(): UsedHost {
  let opened: PrivateHost | undefined;
  let rules: Nft | undefined;
  const host = () => opened ?? fail();
  const closeContainers = async () => {
    const { engine } = host();
    for (const { containerId } of engine.networks.sandboxes.list()) await closeSandbox(engine, containerId);
  };
  beforeAll(async () => {
    opened = await openPrivateHost();
    rules = new Nft();
  });
  afterEach(closeContainers);
  afterAll(async () => {
    rules?.[Symbol.dispose]();
    await opened?.[Symbol.asyncDispose]();
  });
  return {
    get engine() {
      return host().engine;
    },
    get folder() {
      return host().folder;
    },
    get outside() {
      return host().outside;
    },
    get nft() {
      return rules ?? fail();
    },
    restart: () => host().restart(),
    closeContainers,
  };
}

function fail(): never {
  throw new Error("the host has not been opened: use it inside tests and hooks only");
}
