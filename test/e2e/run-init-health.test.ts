import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { systemSuite } from "../harness/suite.ts";

/** An image that checks its health, and is never well. */
async function ailingImage() {
  const Healthcheck = { Test: ["CMD", "false"], Interval: 100e6, Retries: 1 };
  return imageOf({ layers: [await layerOf(await busyboxEntries())], config: { ...busyboxConfig, Healthcheck } });
}

systemSuite(
  "init and health of a container",
  (suite) => {
    it("puts tini before the command, which then collects orphans and passes signals on", async () => {
      const script = "trap 'exit 5' TERM; (sleep 0.1 &) ; while :; do sleep 0.05; done";
      await suite.mustTdock(["run", "-d", "--name=init", "--init", suite.busybox, "sh", "-c", script]);
      const inside = (command: string) => suite.mustTdock(["exec", "init", "sh", "-c", command]);

      expect(await inside("cat /proc/1/comm; tr '\\0' ' ' < /proc/1/cmdline")).toMatch(
        /^docker-init\n\/sbin\/docker-init -- sh -c trap/,
      );
      await eventually(async () => expect(await inside("grep -l 'State:.Z' /proc/[0-9]*/status || true")).toBe(""));
      await suite.mustTdock(["stop", "init"]);
      expect(await suite.mustTdock(["wait", "init"])).toBe("5");
      await suite.mustTdock(["rm", "init"]);
    });

    it("is left out where the processes are the host's, which has a first one already", async () => {
      const { stderr, stdout } = await suite.tdock([
        "run",
        "--rm",
        "--init",
        "--pid=host",
        suite.busybox,
        "sh",
        "-c",
        "cat /proc/$$/comm; true",
      ]);

      expect([stderr, stdout]).toEqual(["", "sh\n"]);
    });

    it("refuses a number of retries below zero", async () => {
      const Healthcheck = { Test: ["CMD", "true"], Retries: -1 };

      const { status, body } = await suite.api("POST", "/containers/create", { Image: suite.busybox, Healthcheck });

      expect([status, body.message]).toEqual([400, "Retries in Healthcheck cannot be negative"]);
    });

    it("asks more often within the start period, with --health-start-interval", async () => {
      const flags = [
        "--health-cmd=echo asked >> /tmp/asked; test $(wc -l < /tmp/asked) -ge 3",
        "--health-interval=1h",
        "--health-start-period=1h",
        "--health-start-interval=100ms",
      ];

      await suite.mustTdock(["run", "-d", "--name=starting", ...flags, suite.busybox, "sleep", "600"]);

      await eventually(async () =>
        expect(await suite.mustTdock(["inspect", "-f", "{{.State.Health.Status}}", "starting"])).toBe("healthy"),
      );
      expect(await suite.mustTdock(["exec", "starting", "cat", "/tmp/asked"])).toBe("asked\nasked\nasked");
      await suite.mustTdock(["rm", "-f", "starting"]);
    });

    it("stops, or starts again, what turns unhealthy, with --health-on-failure", async () => {
      const script = "trap 'exit 5' TERM; while :; do sleep 0.05; done";
      const flags = ["--health-cmd=false", "--health-interval=100ms", "--health-retries=2"];
      const start = (action: string, name: string) =>
        suite.mustTdock([
          "run",
          "-d",
          "--name",
          name,
          `--health-on-failure=${action}`,
          ...flags,
          suite.busybox,
          "sh",
          "-c",
          script,
        ]);
      await start("stop", "stops");
      await start("restart", "restarts");
      const first = await suite.mustTdock(["inspect", "-f", "{{.State.StartedAt}}", "restarts"]);

      expect(await suite.mustTdock(["wait", "stops"])).toBe("5");
      await eventually(async () => {
        const [status, startedAt] = (
          await suite.mustTdock(["inspect", "-f", "{{.State.Status}} {{.State.StartedAt}}", "restarts"])
        ).split(" ");
        expect({ status, isFirst: startedAt === first }).toEqual({ status: "running", isFirst: false });
      });
      await suite.mustTdock(["rm", "-f", "stops", "restarts"]);
    });

    it("does not ask an image's health with --no-healthcheck", async () => {
      const ailing = suite.image("ailing");
      await suite.mustTdock(["run", "-d", "--name=asked", ailing, "sleep", "600"]);
      await suite.mustTdock(["run", "-d", "--name=not-asked", "--no-healthcheck", ailing, "sleep", "600"]);

      await eventually(async () => expect(await suite.mustTdock(["ps"])).toContain("(unhealthy)"));
      expect(await suite.mustTdock(["inspect", "-f", "{{json .State.Health}}", "not-asked"])).toBe("null");
      expect((await suite.tdock(["run", "--no-healthcheck", "--health-cmd=true", ailing])).exitCode).toBe(125);
      await suite.mustTdock(["rm", "-f", "asked", "not-asked"]);
    });
  },
  { images: async () => ({ ailing: await ailingImage() }) },
);
