import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("a client that breaks off a download", (suite) => {
  it.each(["export", "archive?path=/big"])("of %s leaves nothing mounted and nothing in the log", async (what) => {
    const name = what.slice(0, 6);
    await suite.mustTdock([
      "run",
      `--name=${name}`,
      suite.busybox,
      "dd",
      "if=/dev/zero",
      "of=/big",
      "bs=1M",
      "count=64",
    ]);
    const client = connect(suite.tdockd.layout.socket);
    client.write(`GET /containers/${name}/${what} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(client, "data");

    client.destroy();

    const mounts = join(suite.tdockd.layout.execRoot, "mounts");
    await eventually(async () => expect(readdirSync(mounts)).toEqual([]));
    await suite.mustTdock(["rm", name]);
    expect(await suite.tdockd.log()).not.toContain("request failed");
  });
});
