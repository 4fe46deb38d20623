import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("POST /exec/{id}/start", (suite) => {
  it("starts an exec once, however many ask for it at the same time", async () => {
    await suite.mustTdock(["run", "-d", "--name=busy", suite.busybox, "sleep", "1000"]);
    const command = { Cmd: ["sh", "-c", "echo x >> /runs; exec sleep 1000"] };
    const { body: exec } = await suite.api("POST", "/containers/busy/exec", command);

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => suite.api("POST", `/exec/${exec.Id}/start`, { Detach: true })),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    const { body: inspected } = await suite.api("GET", `/exec/${exec.Id}/json`);
    expect(inspected).toMatchObject({ Running: true, ExitCode: null });
    expect(await suite.mustTdock(["exec", "busy", "cat", "/runs"])).toBe("x");
  });
});
