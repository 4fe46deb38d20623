import { describe, expect, it } from "vitest";
import { containerBody } from "./container-body.ts";
import { containerFlags } from "./container-flags.ts";
import { parseArguments } from "./parse-arguments.ts";

function body(...words: string[]) {
  const { flags, operands } = parseArguments(containerFlags, [...words, "image", "cmd", "-x"], { stopAtOperand: true });
  const [image = "", ...command] = operands;
  return containerBody(flags, { image, command, env: { HOME: "/root" } });
}

describe("containerBody", () => {
  it("puts the image and its command into the body", () => {
    expect(body()).toMatchObject({
      Image: "image",
      Cmd: ["cmd", "-x"],
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
    });
  });

  it.each<[string[], object]>([
    [["-it"], { OpenStdin: true, StdinOnce: true, AttachStdin: true, Tty: true }],
    [["-a", "stderr"], { AttachStdin: false, AttachStdout: false, AttachStderr: true }],
    [["-e", "A=1", "-e", "HOME", "-e", "NONE"], { Env: ["A=1", "HOME=/root", "NONE"] }],
    [["-l", "a=b", "-l", "c"], { Labels: { a: "b", c: "" } }],
    [["--entrypoint", ""], { Entrypoint: [""] }],
    [["--entrypoint", "/bin/x"], { Entrypoint: ["/bin/x"] }],
    [["-h", "host", "-u", "1:2", "-w", "/w"], { Hostname: "host", User: "1:2", WorkingDir: "/w" }],
    [["-v", "/data", "-v", "vol:/v:ro"], { Volumes: { "/data": {} }, HostConfig: { Binds: ["vol:/v:ro"] } }],
    [["--tmpfs", "/t:size=1m", "--tmpfs", "/u"], { HostConfig: { Tmpfs: { "/t": "size=1m", "/u": "" } } }],
    [
      ["-m", "64m", "--cpus", "0.5", "--pids-limit", "9"],
      { HostConfig: { Memory: 67_108_864, NanoCpus: 500_000_000, PidsLimit: 9 } },
    ],
    [["--rm", "--read-only", "--init"], { HostConfig: { AutoRemove: true, ReadonlyRootfs: true, Init: true } }],
    [["--cap-add", "NET_ADMIN", "--privileged"], { HostConfig: { CapAdd: ["NET_ADMIN"], Privileged: true } }],
    [["--network", "host"], { HostConfig: { NetworkMode: "host" }, NetworkingConfig: { EndpointsConfig: {} } }],
    [["--net", "n", "--net-alias", "a"], { NetworkingConfig: { EndpointsConfig: { n: { Aliases: ["a"] } } } }],
    [
      ["--network", "name=n,ip=10.0.0.2,alias=b"],
      { NetworkingConfig: { EndpointsConfig: { n: { Aliases: ["b"], IPAMConfig: { IPv4Address: "10.0.0.2" } } } } },
    ],
    [
      ["--health-cmd", "true", "--health-interval", "5s"],
      { Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 5e9 } },
    ],
    [["--health-on-failure", "kill"], { Healthcheck: { OnFailure: "kill" } }],
    [["--no-healthcheck"], { Healthcheck: { Test: ["NONE"] } }],
    [
      ["--security-opt", "systempaths=unconfined"],
      { HostConfig: { SecurityOpt: [], MaskedPaths: [], ReadonlyPaths: [] } },
    ],
    [
      ["--log-driver", "local", "--log-opt", "max-size=1m"],
      { HostConfig: { LogConfig: { Type: "local", Config: { "max-size": "1m" } } } },
    ],
    [
      ["--device", "vendor.com/gpu=0"],
      { HostConfig: { Devices: [], DeviceRequests: [{ Driver: "cdi", DeviceIDs: ["vendor.com/gpu=0"] }] } },
    ],
    [
      ["-p", "127.0.0.1:80:8080/udp"],
      {
        ExposedPorts: { "8080/udp": {} },
        HostConfig: { PortBindings: { "8080/udp": [{ HostIp: "127.0.0.1", HostPort: "80" }] } },
      },
    ],
    [["-p", "[::1]:80:80"], { HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "::1", HostPort: "80" }] } } }],
    [
      ["-p", "90-91:80-81"],
      { HostConfig: { PortBindings: { "80/tcp": [{ HostPort: "90" }], "81/tcp": [{ HostPort: "91" }] } } },
    ],
    [["-p", "9000-9010:80"], { HostConfig: { PortBindings: { "80/tcp": [{ HostPort: "9000-9010" }] } } }],
    [["-p", "published=8080,target=80"], { HostConfig: { PortBindings: { "80/tcp": [{ HostPort: "8080" }] } } }],
    [["--expose", "70-71/udp"], { ExposedPorts: { "70/udp": {}, "71/udp": {} } }],
    [
      ["--mount", "type=bind,src=/a,dst=/b,ro,bind-propagation=rslave"],
      {
        HostConfig: {
          Mounts: [
            { Type: "bind", Source: "/a", Target: "/b", ReadOnly: true, BindOptions: { Propagation: "rslave" } },
          ],
        },
      },
    ],
    [
      ["--mount", "src=v,dst=/b,volume-nocopy,volume-subpath=x"],
      { HostConfig: { Mounts: [{ Type: "volume", Source: "v", VolumeOptions: { NoCopy: true, Subpath: "x" } }] } },
    ],
    [
      ["--mount", "type=tmpfs,dst=/b,tmpfs-size=1m,tmpfs-mode=1770"],
      { HostConfig: { Mounts: [{ Type: "tmpfs", TmpfsOptions: { SizeBytes: 1_048_576, Mode: 0o1770 } }] } },
    ],
  ])("turns %j into the engine's members", (words, expected) => {
    expect(body(...words)).toMatchObject(expected);
  });

  it.each<[string[], string]>([
    [["--rm", "--restart", "always"], "conflicting options: cannot specify both --restart and --rm"],
    [["--health-on-failure", "x"], 'must be one of "none", "kill", "restart" or "stop"'],
    [["--pid", "foo"], "--pid: invalid PID mode"],
    [["-p", "80-82:80-81"], "invalid ranges specified for container and host Ports: 80-81 and 80-82"],
    [["-p", "x"], "invalid containerPort: x"],
    [["-p", "x:80"], "invalid hostPort: x"],
    [["-p", "1.2.3:80:80"], "invalid IP address: 1.2.3"],
    [["-p", "80/foo"], "invalid proto: foo"],
    [["--expose", "x"], "invalid range format for --expose"],
    [["-v", "ab:"], "invalid spec: ab:: empty section between colons"],
    [["--network", "n", "--network", "host"], "cannot attach both user-defined and non-user-defined network-modes"],
    [["--network", "n", "--network", "n"], 'network "n" is specified multiple times'],
    [
      ["--network", "bridge", "--network-alias", "a"],
      "network-scoped aliases are only supported for user-defined networks",
    ],
    [["--network", "name=n,ip=10.0.0.1", "--ip", "10.0.0.2"], "cannot specify both --ip and per-network IPv4 address"],
    [["--no-healthcheck", "--health-cmd", "x"], "--no-healthcheck conflicts with --health-* options"],
    [["--health-retries", "-1"], "--health-retries cannot be negative"],
    [["--memory-swappiness", "101"], "Valid memory swappiness range is 0-100"],
    [["--log-driver", "none", "--log-opt", "a=b"], "invalid logging opts for driver none"],
    [["--env-file", "/nonexistent"], "open /nonexistent: no such file or directory"],
    [["--mount", "type=bind,foo"], "invalid field 'foo' must be a key=value pair"],
    [["--mount", "type=volume,dst=/x,bind-propagation=slave"], "cannot mix 'bind-*' options with mount type 'volume'"],
    [["--mount", "type=bind,dst=/x,bind-recursive=writable"], "option 'bind-recursive=writable' requires 'readonly'"],
  ])("refuses %j", (words, message) => {
    expect(() => body(...words)).toThrow(message);
  });
});
