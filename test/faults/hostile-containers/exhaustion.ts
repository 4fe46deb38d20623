import { expect, it } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import type { Suite } from "../../harness/suite.ts";
import { outputOf } from "./attempt.ts";

const bombMs = 4000;

/** Rows E4, E10 and S10: a container that is after the engine's own programs, or after all that the machine has. */
export function exhaustionTests(suite: Suite): void {
  const start = async (body: object) => {
    const asked = { Image: suite.busybox, Cmd: ["sleep", "600"], ...body };
    const { Id } = (await suite.api("POST", "/containers/create", asked)).body;
    expect((await suite.api("POST", `/containers/${Id}/start`)).status).toBe(204);
    return Id as string;
  };
  const remove = (id: string) => suite.api("DELETE", `/containers/${id}?force=1`);

  // That these are the same bytes afterwards is what the suite's end asserts.
  it("writes into no program of the host that runs in it: runtime, init, exec, health check (CVE-2019-5736)", async () => {
    const id = await start({
      Image: suite.image("syscalls"),
      Cmd: ["/usr/bin/perl", "-e", overwriteEach],
      Healthcheck: { Test: ["CMD", "/proc/self/exe", "-c", "true"], Interval: 100e6 },
      HostConfig: { Init: true },
    });
    await eventually(async () => expect(await outputOf(suite, id)).toMatch(/^looked at \/sbin\/docker-init$/m));

    for (const command of [["true"], ["/proc/self/exe"], ["/sbin/docker-init", "--version"]])
      for (let round = 0; round < 4; round += 1) await suite.tdock(["exec", id, ...command]);

    const output = await outputOf(suite, id);
    expect(output.match(/^looked at/gm)?.length).toBeGreaterThan(10);
    expect(output).not.toContain("wrote");
    await remove(id);
  });

  it("is alone with its fork bomb and with its memory: neighbours and the engine answer", async () => {
    const neighbours = await Promise.all([start({}), start({})]);
    const bomb = await start({ Cmd: ["sh", "-c", "b() { b | b & }; b; sleep 600"] });
    const HostConfig = { Memory: 32 << 20, MemorySwap: 32 << 20 };
    const hog = await start({ Cmd: ["sh", "-c", "tail /dev/zero; exit 3"], HostConfig });
    const pings: number[] = [];

    const end = Date.now() + bombMs;
    while (Date.now() < end) {
      const asked = performance.now();
      expect((await suite.api("GET", "/_ping")).status).toBe(200);
      pings.push(performance.now() - asked);
      for (const id of neighbours) expect(await suite.mustTdock(["exec", id, "echo", "well"])).toBe("well");
    }

    expect(Math.max(...pings)).toBeLessThan(1000);
    expect((await suite.api("POST", `/containers/${hog}/wait`)).body.StatusCode).toBeGreaterThan(0);
    expect((await suite.api("GET", `/containers/${hog}/json`)).body.State.OOMKilled).toBe(true);
    const { current, limit } = (await suite.api("GET", `/containers/${bomb}/stats?stream=0&one-shot=1`)).body
      .pids_stats;
    expect([limit, current]).toEqual([4096, expect.toSatisfy((count) => count > 100 && count <= 4096)]);
    for (const id of [bomb, hog, ...neighbours]) expect((await remove(id)).status).toBe(204);
  });
}

/**
 * Opens what each other process runs, and writes to it, now and once that process has gone. What belongs to the image
 * is left alone.
 */
const overwriteEach = `
  $| = 1;
  my (%seen, @held);
  while (1) {
    opendir(my $proc, "/proc");
    for my $pid (grep { /^\\d+$/ && $_ != $$ && !$seen{$_}++ } readdir $proc) {
      my $program = readlink("/proc/$pid/exe") // "";
      print "looked at $program\n";
      delete $seen{$pid} if $program eq "";
      next if $program =~ m{^/(usr/)?bin/};
      for my $path ("/proc/$pid/exe", $program) {
        print "wrote $path\\n" if open(my $file, ">>", $path) && syswrite($file, "x");
      }
      push @held, $kept if open(my $kept, "<", "/proc/$pid/exe");
    }
    for my $file (@held) {
      print "wrote later\\n" if open(my $again, ">>", "/proc/self/fd/" . fileno($file)) && syswrite($again, "x");
    }
  }
`;
