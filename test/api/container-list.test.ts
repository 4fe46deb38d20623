import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("GET /containers/json", (suite) => {
  it("tells sizes while containers come and go", async () => {
    const comeAndGo = async () => {
      const { body } = await suite.api("POST", "/containers/create", { Image: suite.busybox, Cmd: ["true"] });
      await suite.api("DELETE", `/containers/${body.Id}`);
    };
    let isOver = false;
    const traffic = (async () => {
      for (let round = 0; round < 30; round += 1) await Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]);
      isOver = true;
    })();

    const statuses = new Set<number>();
    while (!isOver) statuses.add((await suite.api("GET", "/containers/json?all=1&size=1")).status);

    await traffic;
    expect([...statuses]).toEqual([200]);
  });
});
