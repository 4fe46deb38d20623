import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("POST /containers/{id}/attach", (suite) => {
  it("ends when a container that never ran is removed", async () => {
    await suite.mustTdock(["create", "-i", "--name=unborn", suite.busybox, "cat"]);
    const client = connect(suite.tdockd.layout.socket);
    const query = "stream=1&stdin=1&stdout=1&stderr=1";
    client.write(
      `POST /containers/unborn/attach?${query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
    );
    const received = text(client);
    await once(client, "readable");

    await suite.mustTdock(["rm", "unborn"]);

    expect(await received).toMatch(/^HTTP\/1\.1 101 /);
  });
});
