import { expect, it } from "vitest";
import { hasUnifiedCgroups } from "../harness/machine.ts";
import { systemSuite } from "../harness/suite.ts";

/** What Docker's own command line was seen to do with the same words: exit code, and what it says. */
type Row = readonly [command: string, exitCode: number, says: string | RegExp];

const refusals: readonly Row[] = [
  ["stop ''", 1, "invalid container name or ID: value is empty"],
  ["logs ''", 1, "invalid container name or ID: value is empty"],
  ["network rm ''", 1, "invalid network name or ID: value is empty"],
  ["volume inspect ''", 1, "invalid volume name or ID: value is empty"],
  ["rmi ''", 1, "invalid image name or ID: value is empty"],
  ["container prune -f --filter until=soon", 1, 'failed to parse value as time or duration: "soon"'],
  ["rename web web", 1, "Error: failed to rename container named web"],
  ["rename absent other", 1, "Error: failed to rename container named absent"],
  ["kill done", 1, "Cannot kill container: done: container"],
  ["top web -absent", 1, /^Error response from daemon: ps: [^\n]*\n$/],
  ["port web x", 1, 'Error: invalid port (x): strconv.ParseUint: parsing "x": invalid syntax'],
  ["cp web:/absent .", 1, "Could not find the file /absent in container web"],
  ["cp /etc/hostname web:/absent/x/y", 1, "Could not find the file /absent/x in container web"],
  ["cp web: .", 1, "cannot be empty"],
  [
    "cp /etc/hostname web:/dev/null",
    1,
    'destination "web:/dev/null" must be a directory or a regular file: got a device',
  ],
  ["cp /etc/hostname web:", 1, "cannot be empty"],
  ["tag IMAGE a:b:c", 1, '"a:b:c" is not a valid repository/tag: invalid reference format'],
  ["tag IMAGE sha256:abc", 1, "refusing to create an ambiguous tag using digest algorithm as name"],
  ["image inspect absent", 1, "No such image: absent:latest"],
  ["save absent", 1, "No such image: absent:latest"],
  ["update --restart often web", 1, "invalid restart policy: unknown policy 'often'"],
];

const refusedRuns: readonly Row[] = [
  ["--volumes-from absent IMAGE true", 125, /^tdock: Error response from daemon: No such container: absent\n/],
  ["--network absent IMAGE true", 125, /^tdock: Error response from daemon: network absent not found\n/],
  ["--restart often IMAGE true", 125, "cannot specify both --restart and --rm"],
  ["-w a/b IMAGE pwd", 125, "the working directory 'a/b' is invalid, it needs to be an absolute path"],
  ["--uts host -h name IMAGE true", 125, "conflicting options: hostname and the UTS mode"],
  ["--network container: IMAGE true", 125, "invalid container format container:<name|id>"],
  ["--network container:web -p 80 IMAGE true", 125, "port publishing and the container type network mode"],
  ["--network container:web --expose 80 IMAGE true", 125, "port exposing and the container type network mode"],
  ["--network container:web -h name IMAGE true", 125, "conflicting options: hostname and the network mode"],
  ["--network container:web --dns 10.0.0.1 IMAGE true", 125, "conflicting options: dns and the network mode"],
  ["--network container:web --add-host a:10.0.0.1 IMAGE true", 125, "custom host-to-IP mapping and the network mode"],
  ["--cap-add FLY IMAGE true", 125, 'invalid CapAdd: unknown capability: "CAP_FLY"'],
  ["--cpus 1 --cpu-quota 50000 IMAGE true", 125, "Nano CPUs and CPU Quota cannot both be set"],
  ["--security-opt fly IMAGE true", 125, 'Invalid --security-opt: "fly"'],
  ["--mount type=bind,src=/tmp IMAGE true", 125, "target is required"],
  ["--tmpfs /t:fly IMAGE true", 125, 'invalid tmpfs option ["fly"]'],
  [
    "--platform linux/s390x --pull never IMAGE true",
    125,
    "was found but does not provide the specified platform (linux/s390x)",
  ],
  ["IMAGE ''", 127, "executable file not found in $PATH"],
  ["--device /nope IMAGE true", 127, 'while adding custom device "/nope": no such file or directory'],
  ["--device /etc/passwd IMAGE true", 125, 'while adding custom device "/etc/passwd": not a device node'],
  ["--health-interval 1us IMAGE true", 125, "Interval in Healthcheck cannot be less than 1ms"],
];

const answers: readonly Row[] = [
  ["inspect -f {{.ID}} web", 0, /^[0-9a-f]{64}\n$/],
  ["inspect -f {{.HostConfig.NanoCPUs}}-{{.HostConfig.DNS}} web", 0, "0-[]\n"],
  ["image inspect -f {{.ID}}|{{.Parent}}|{{.DockerVersion}} IMAGE", 0, /^sha256:[0-9a-f]{64}\|\|\n$/],
  ["network inspect -f {{.ID}} bridge", 0, /^[0-9a-f]{64}\n$/],
  ["volume inspect -f {{.Name}}{{.Status}} kept-files", 0, "kept-filesmap[]\n"],
  ["inspect -f {{.Config.Labels.role}}/{{.Config.Labels.none}} web", 0, "front/<no value>\n"],
  ["network ls --filter name=^kept$ --format {{.Name}}", 0, /^kept\n$/],
  ["network ls --filter name=^ept --format {{.Name}}", 0, /^$/],
  ["volume ls -q --filter name=^kept-", 0, /^kept-files\n$/],
  ["ps -a --filter name=[ --format {{.Names}}", 0, /^$/],
  ["ps -a --filter network=bridge --filter name=done --format {{.Names}}", 0, "done\n"],
  ["diff done", 0, /^$/],
  ["inspect -f {{.HostConfig.RestartPolicy|json}} web", 0, '{"Name":"no","MaximumRetryCount":0}'],
  [
    "inspect -f {{.HostConfig.RestartPolicy}}{{.GraphDriver}}{{.HostConfig.LogConfig}} web",
    0,
    "{no 0}{map[] overlayfs}{json-file map[]}\n",
  ],
  ["inspect -f {{.State}} done", 0, /^\{exited false false false false false 0 0 {2}20\S+ 20\S+ <nil>\}\n$/],
  [
    "inspect -f {{.Mounts}}{{.Config.ExposedPorts}}{{.NetworkSettings.Ports}} web",
    0,
    /^\[\{volume kept-files \S+ \/kept local z true \}\]map\[80\/tcp:\{\}\]map\[80\/tcp:\[\{127.0.0.1 \d+\}\]\]\n$/,
  ],
  ["inspect -f {{range\t.Mounts}}{{.Type}}={{.Name}},{{.Driver}};{{end}} bound", 0, "bind=,;\n"],
  ["inspect -f {{.Mounts}}{{.HostConfig.Tmpfs}}{{.Config.Volumes}} memory", 0, "[]map[/memory:size=1m]map[]\n"],
  ["ps -a --filter name=memory --format {{.Mounts}}", 0, "\n"],
  ["inspect -f {{.HostConfig.PidsLimit}}{{.HostConfig.MemorySwappiness}} web", 0, "<nil><nil>\n"],
  ["inspect -f {{.HostConfig.CgroupnsMode}} web", 0, hasUnifiedCgroups ? "private\n" : "host\n"],
  [
    "inspect -f {{json\t.HostConfig.MaskedPaths}} web",
    0,
    /^\["\/proc\/acpi",.*"\/proc\/kcore",.*"\/sys\/firmware".*\]\n$/,
  ],
  [
    "inspect -f {{json\t.HostConfig.ReadonlyPaths}} web",
    0,
    '["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"]\n',
  ],
  ["inspect -f {{json\t.HostConfig.MaskedPaths}}{{json\t.HostConfig.ReadonlyPaths}} open", 0, "[][]\n"],
  ["inspect -f {{json\t.HostConfig.MaskedPaths}}{{json\t.HostConfig.ReadonlyPaths}} privileged", 0, "nullnull\n"],
  ["inspect -f {{.Config.StopSignal}}{{.Config.NetworkDisabled}}{{.Config.StopTimeout}} web", 0, "false<nil>\n"],
  ["network inspect -f {{.IPAM}} kept", 0, /^\{default map\[\] \[\{[\d./]+ {2}[\d.]+ map\[\]\}\]\}\n$/],
  [
    "network ls --format raw --filter name=^kept$",
    0,
    /^network_id: [0-9a-f]{12}\nname: kept\ndriver: bridge\nscope: local\n\n$/,
  ],
  ["volume ls --format raw", 0, /^name: kept-files\ndriver: local\n\n/],
  ["volume ls -q --format raw", 0, /^name: kept-files\n/],
  ["system df --format raw", 0, /^type: Images\ntotal: \d+\nactive: \d+\nsize: \S+\nreclaimable: /],
  ["images --format {{.VirtualSize}} IMAGE", 0, /^[\d.]+MB\n$/],
  ["run --rm --network container:web IMAGE hostname", 0, "front-door\n"],
  ["run --rm --ipc none IMAGE ls /dev", 0, /^(?!.*\bshm\b)/s],
  ["run --rm -v /tmp:/x -v /tmp:/x IMAGE true", 0, /^$/],
  ["rm absent", 1, "Error response from daemon: No such container: absent\n"],
  ["rm -f absent /gone", 0, /^(Error response from daemon: No such container: (absent|gone)\n){2}$/],
  ["network rm -f absent", 0, /^$/],
  ["run --rm --network host -p 80 IMAGE true", 0, "Published ports are discarded when using host network mode"],
];

systemSuite("tdock answers as docker does", (suite) => {
  const run = (command: string) => suite.tdock(wordsOf(command, suite.busybox));

  it("to begin with, has something to be asked about", async () => {
    await suite.mustTdock(["network", "create", "kept"]);
    await suite.mustTdock(["network", "create", "kept-too"]);
    await suite.mustTdock(["volume", "create", "kept-files"]);
    const flags = ["--name=web", "-h", "front-door", "-l", "role=front", "-v=kept-files:/kept", "-p=127.0.0.1::80"];
    await suite.mustTdock(["run", "-d", ...flags, suite.busybox, "sleep", "600"]);
    await suite.mustTdock(["create", "--name=bound", "-v", "/tmp:/x", suite.busybox, "true"]);
    await suite.mustTdock(["create", "--name=memory", "--tmpfs=/memory:size=1m", suite.busybox, "true"]);
    await suite.mustTdock(["create", "--name=open", "--security-opt=systempaths=unconfined", suite.busybox, "true"]);
    await suite.mustTdock(["create", "--name=privileged", "--privileged", suite.busybox, "true"]);
    await suite.mustTdock(["run", "--name=done", suite.busybox, "true"]);
  });

  it.each([...refusals, ...refusedRuns.map(([rest, ...row]) => [`run --rm ${rest}`, ...row] as const)])(
    "refuses %s with code %i",
    async (command, code, says) => {
      const { exitCode, stderr } = await run(command);

      expect(stderr).toMatch(says);
      expect(exitCode).toBe(code);
    },
  );

  it.each(answers)("answers %s", async (command, code, says) => {
    const { exitCode, stdout, stderr } = await run(command);

    expect(stdout === "" ? stderr : stdout).toMatch(says);
    expect(exitCode).toBe(code);
  });

  it("prints the ID of a container in the background that did not start", async () => {
    const { exitCode, stdout } = await run("run -d --name=unstartable IMAGE no-such-command");

    expect(exitCode).toBe(127);
    expect(await suite.mustTdock(["inspect", "-f", "{{.ID}}", "unstartable"])).toBe(stdout.trim());
  });
});

/** Words of a command; `''` is an empty one, IMAGE the test's image. */
function wordsOf(command: string, image: string): string[] {
  return command.split(" ").map((word) => (word === "''" ? "" : word === "IMAGE" ? image : word));
}
