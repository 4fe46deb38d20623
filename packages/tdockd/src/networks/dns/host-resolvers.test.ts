import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HostResolvers } from "./host-resolvers.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "resolvers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the host's resolvers", () => {
  it("are those of its resolv.conf, a stub on 127.0.0.53 and IPv6 addresses too", () => {
    const path = join(folder, "resolv.conf");
    writeFileSync(
      path,
      "# written by hand\nnameserver 127.0.0.53\nnameserver fd00::53\nnameserver no-address\nsearch x\n",
    );

    expect(new HostResolvers(path).servers()).toEqual(["127.0.0.53", "fd00::53"]);
  });

  it("are read again when the file is written, put in another's place, or comes and goes", () => {
    const path = join(folder, "resolv.conf");
    const resolvers = new HostResolvers(path);
    const seen = [resolvers.servers()];

    writeFileSync(path, "nameserver 192.0.2.1\n");
    seen.push(resolvers.servers());
    writeFileSync(`${path}.new`, "nameserver 192.0.2.2\n");
    renameSync(`${path}.new`, path);
    seen.push(resolvers.servers());
    rmSync(path);
    seen.push(resolvers.servers());

    expect(seen).toEqual([[], ["192.0.2.1"], ["192.0.2.2"], []]);
  });
});
