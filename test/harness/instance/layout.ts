import { randomInt } from "node:crypto";
import { join } from "node:path";
import { shortName, testRoot } from "../scratch.ts";

/** Where one tdockd of the tests lives. All names come from one short random name. */
export interface Layout {
  readonly name: string;
  /** The folder that holds all the others; every process of the instance has it in its command line. */
  readonly root: string;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly socket: string;
  readonly bridge: string;
  /** Range that its networks are cut from; random, so that instances side by side do not meet. */
  readonly addressPool: string;
  readonly cgroupParent: string;
  readonly nftTable: string;
}

/** A layout that no other instance on this machine has. */
export function newLayout(): Layout {
  const name = shortName();
  const root = join(testRoot, `tdockd-${name}`);
  const bridge = `tdkt${name}`;
  return {
    name,
    root,
    bridge,
    dataRoot: join(root, "data"),
    execRoot: join(root, "run"),
    socket: join(root, "run/tdock.sock"),
    addressPool: `10.${randomInt(128, 200)}.${randomInt(0, 16) * 16}.0/20`,
    cgroupParent: `/tdock-${bridge}`,
    nftTable: `tdock-${bridge}`,
  };
}

/** The flags that make a tdockd keep to `layout`. */
export function layoutFlags(layout: Layout): string[] {
  return [
    `--data-root=${layout.dataRoot}`,
    `--exec-root=${layout.execRoot}`,
    `--host=unix://${layout.socket}`,
    `--bridge=${layout.bridge}`,
    `--address-pool=${layout.addressPool}`,
  ];
}
