import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { isAlive, processesWith, programOf, sendSignal } from "../harness/instance/processes.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("containers outlive the servers", (suite) => {
  const state = async (name: string) => JSON.parse(await suite.mustTdock(["inspect", "-f", "{{json .State}}", name]));
  const counting = "i=0; while [ ! -e /stop ]; do i=$((i+1)); echo $i; sleep 0.01; done; exit 9";
  const start = (name: string, ...flags: string[]) =>
    suite.mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sh", "-c", counting]);
  const killServer = () => suite.tdockd.stop("SIGKILL");
  const killProgram = async (program: RegExp) => {
    const all = await processesWith(`${suite.tdockd.layout.root}/`);
    const found = all.filter((process) => program.test(programOf(process)));
    expect(found).not.toEqual([]);
    for (const { pid } of found) sendSignal(pid, "SIGKILL");
    await eventually(async () => expect(await Promise.all(found.map(({ pid }) => isAlive(pid)))).not.toContain(true));
  };
  const countsWithoutGap = async (name: string) => {
    const lines = (await suite.mustTdock(["logs", name])).split("\n").map(Number);
    expect(lines.findIndex((line, index) => line !== index + 1)).toBe(-1);
  };

  it("runs on through kill -9 of tdockd, with the same process and a log without gap", async () => {
    await start("survivor");
    const before = await state("survivor");

    await killServer();
    await suite.tdockd.start();

    const after = await state("survivor");
    expect(after).toMatchObject({ Status: "running", Pid: before.Pid, StartedAt: before.StartedAt });
    expect(await isAlive(before.Pid)).toBe(true);
    await countsWithoutGap("survivor");
    await suite.mustTdock(["rm", "-f", "survivor"]);
  });

  it("knows the exit code of a container that ended while tdockd was away", async () => {
    const script = "sleep 4; echo last words; exit 7";
    await suite.mustTdock(["run", "-d", "--name=ended", suite.busybox, "sh", "-c", script]);
    const { Pid } = await state("ended");
    await killServer();
    await eventually(async () => expect(await isAlive(Pid)).toBe(false));

    await suite.tdockd.start();

    await eventually(async () => expect(await state("ended")).toMatchObject({ Status: "exited", ExitCode: 7 }));
    expect(await suite.mustTdock(["logs", "ended"])).toBe("last words");
    await suite.mustTdock(["rm", "ended"]);
  });

  it("removes a --rm container that ended while tdockd was away", async () => {
    await suite.mustTdock(["run", "-d", "--rm", "--name=brief", suite.busybox, "sleep", "5"]);
    const { Pid } = await state("brief");
    await killServer();
    await eventually(async () => expect(await isAlive(Pid)).toBe(false));

    await suite.tdockd.start();

    await eventually(async () => expect(await suite.mustTdock(["ps", "-aq", "--filter", "name=brief"])).toBe(""));
  });

  it("runs on through kill -9 of containerd, which is started again and finds the container", async () => {
    await start("shimmed");
    const { Pid } = await state("shimmed");

    await killProgram(/^containerd$/);

    await eventually(async () => expect((await suite.api("GET", "/containers/shimmed/top")).status).toBe(200));
    expect(await state("shimmed")).toMatchObject({ Status: "running", Pid });
    await countsWithoutGap("shimmed");
    await suite.mustTdock(["stop", "-t", "0", "shimmed"]);
    expect(await state("shimmed")).toMatchObject({ Status: "exited", ExitCode: 137 });
    await suite.mustTdock(["rm", "shimmed"]);
  });

  it("runs on through kill -9 of the keeper, and prints into the log again", async () => {
    await start("kept");
    const { Pid } = await state("kept");

    await killProgram(/keeper/);

    const seen = Number((await suite.mustTdock(["logs", "--tail=1", "kept"])).trim());
    await eventually(async () => {
      expect(Number((await suite.mustTdock(["logs", "--tail=1", "kept"])).trim())).toBeGreaterThan(seen + 20);
    });
    expect(await state("kept")).toMatchObject({ Status: "running", Pid });
    await suite.mustTdock(["rm", "-f", "kept"]);
  });

  it("says 137 for a container whose shim was killed", async () => {
    await start("shimless");
    const { Pid } = await state("shimless");

    await killProgram(/^containerd-shim/);

    await eventually(async () => expect(await state("shimless")).toMatchObject({ Status: "exited", ExitCode: 137 }));
    await eventually(async () => expect(await isAlive(Pid)).toBe(false));
    await suite.mustTdock(["rm", "shimless"]);
  });

  it("keeps names, ports and addresses through a restart", async () => {
    const id = await start("addressed", "-p", "127.0.0.1:0:80");
    const before = await suite.mustTdock(["inspect", "-f", "{{json .NetworkSettings}}", id]);

    await killServer();
    await suite.tdockd.start();

    expect(JSON.parse(await suite.mustTdock(["inspect", "-f", "{{json .NetworkSettings}}", id]))).toEqual(
      JSON.parse(before),
    );
    const again = await suite.tdock(["run", "--name=addressed", suite.busybox, "true"]);
    expect(again.stderr).toContain("already in use");
    await suite.mustTdock(["rm", "-f", "addressed"]);
  });

  it("answers with all containers after a start with twenty of them running", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `one-of-twenty-${index}`);
    await Promise.all(
      names.map((name) => suite.mustTdock(["run", "-d", "--name", name, suite.busybox, "sleep", "600"])),
    );

    await killServer();
    await suite.tdockd.start();

    const running = await suite.mustTdock(["ps", "--format", "{{.Names}}"]);
    expect(running.split("\n").toSorted()).toEqual(names.toSorted());
    await suite.mustTdock(["rm", "-f", ...names]);
  });
});
