import { describe, expect, it } from "vitest";
import { parseCsvLine } from "./csv.ts";
import {
  isCdiDevice,
  parseByteRate,
  parseDevice,
  parseDeviceCgroupRule,
  parseIoRate,
  parseWeightDevice,
} from "./device.ts";
import { parseDuration } from "./duration.ts";
import { parseGpus } from "./gpus.ts";
import { parseKeyValueLines } from "./key-value-file.ts";
import { parseMoment } from "./moment.ts";
import { parseRestartPolicy } from "./restart-policy.ts";
import { parseSize, parseSwapSize } from "./size.ts";
import { parseTimeoutMs } from "./timeout.ts";
import { parseUlimit } from "./ulimit.ts";
import { parseAttach, parseCpus, parseDnsSearch, parseExtraHost, parseSysctl } from "./values.ts";

describe("the parsers of flag values", () => {
  it.each<[(text: string) => unknown, string, unknown]>([
    [parseSize, "512", 512],
    [parseSize, "1k", 1024],
    [parseSize, "1.5m", 1_572_864],
    [parseSize, "2GiB", 2_147_483_648],
    [parseSize, "10 MB", 10_485_760],
    [parseSwapSize, "-1", -1],
    [parseDuration, "1m30s", 90e9],
    [parseDuration, "1.5h", 5400e9],
    [parseDuration, "-5ms", -5e6],
    [parseDuration, "100µs", 100_000],
    [parseDuration, "0", 0],
    [parseTimeoutMs, "10s", 10_000],
    [parseTimeoutMs, "1.2ms", 2],
    [parseTimeoutMs, "1000h", 2_147_483_647],
    [parseCpus, "1.5", 1_500_000_000],
    [parseCpus, "0.000000001", 1],
    [parseAttach, "STDOUT", "stdout"],
    [parseDnsSearch, "example.com", "example.com"],
    [parseDnsSearch, ".", "."],
    [parseExtraHost, "db:10.0.0.1", "db:10.0.0.1"],
    [parseExtraHost, "db=[::1]", "db:::1"],
    [parseExtraHost, "gate:host-gateway", "gate:host-gateway"],
    [parseSysctl, "net.ipv4.ip_forward=1", "net.ipv4.ip_forward=1"],
    [parseUlimit, "nofile=1024:2048", { Name: "nofile", Soft: 1024, Hard: 2048 }],
    [parseUlimit, "core=-1", { Name: "core", Soft: -1, Hard: -1 }],
    [parseRestartPolicy, "on-failure:3", { Name: "on-failure", MaximumRetryCount: 3 }],
    [parseRestartPolicy, "always", { Name: "always", MaximumRetryCount: 0 }],
    [parseDevice, "/dev/a", { PathOnHost: "/dev/a", PathInContainer: "/dev/a", CgroupPermissions: "rwm" }],
    [parseDevice, "/dev/a:r", { PathOnHost: "/dev/a", PathInContainer: "/dev/a", CgroupPermissions: "r" }],
    [parseDevice, "/dev/a:/dev/b:rw", { PathOnHost: "/dev/a", PathInContainer: "/dev/b", CgroupPermissions: "rw" }],
    [isCdiDevice, "vendor.com/gpu=0", true],
    [isCdiDevice, "/dev/gpu=0", false],
    [parseDeviceCgroupRule, "c 1:* rwm", "c 1:* rwm"],
    [parseByteRate, "/dev/sda:1mb", { Path: "/dev/sda", Rate: 1_048_576 }],
    [parseIoRate, "/dev/sda:100", { Path: "/dev/sda", Rate: 100 }],
    [parseWeightDevice, "/dev/sda:500", { Path: "/dev/sda", Weight: 500 }],
    [parseGpus, "all", { Count: -1, Options: {}, Capabilities: [["gpu"]] }],
    [parseGpus, '"device=0,1"', { DeviceIDs: ["0", "1"], Options: {}, Capabilities: [["gpu"]] }],
    [parseCsvLine, 'a,"b,c","d""e",', ["a", "b,c", 'd"e', ""]],
  ])("%o reads %j", (parse, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each<[(text: string) => unknown, string, string]>([
    [parseSize, "abc", "invalid size: 'abc'"],
    [parseSize, "-1", "invalid size: '-1'"],
    [parseDuration, "5", 'time: missing unit in duration "5"'],
    [parseDuration, "5x", 'time: unknown unit "x" in duration "5x"'],
    [parseDuration, "", 'time: invalid duration ""'],
    [parseTimeoutMs, "-1s", "invalid timeout -1s: wanted no less than 0"],
    [parseCpus, "x", "failed to parse x as a rational number"],
    [parseAttach, "stdall", "valid streams are STDIN, STDOUT and STDERR"],
    [parseDnsSearch, "!", "! is not a valid domain"],
    [parseExtraHost, "db", 'bad format for add-host: "db"'],
    [parseExtraHost, "db:x", 'invalid IP address in add-host: "x"'],
    [parseSysctl, "kernel.panic=1", "sysctl 'kernel.panic=1' is not allowed"],
    [parseUlimit, "nofile", "invalid ulimit argument: nofile"],
    [parseUlimit, "foo=1", "invalid ulimit type: foo"],
    [parseUlimit, "nofile=2:1", "ulimit soft limit must be less than or equal to hard limit: 2 > 1"],
    [parseRestartPolicy, ":3", "invalid restart policy format: no policy provided before colon"],
    [parseRestartPolicy, "on-failure:x", "invalid restart policy format: maximum retry count must be an integer"],
    [parseDevice, "a:b:c:d", "bad format for path: a:b:c:d"],
    [parseDevice, "/a:/b:x", "bad mode specified: x"],
    [parseDevice, "/a:b", "b is not an absolute path"],
    [parseWeightDevice, "/dev/a:5", "invalid weight for device: /dev/a:5"],
    [parseByteRate, "sda:1", "bad format for device path: sda:1"],
    [parseGpus, "foo=1", "unexpected key 'foo' in 'foo=1'"],
    [parseCsvLine, 'a"b', 'bare " in non-quoted-field'],
  ])("%o refuses %j", (parse, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe("parseKeyValueLines", () => {
  it("leaves out comments and blank lines, and looks names up", () => {
    const text = "\uFEFFA=1\n\n# note\n  B=x y \nHOME\nNONE\n";

    const pairs = parseKeyValueLines(text, { path: "f", lookUp: (name) => (name === "HOME" ? "/root" : undefined) });

    expect(pairs).toEqual(["A=1", "B=x y ", "HOME=/root"]);
  });

  it.each([
    ["a b=1", "variable 'a b' contains whitespaces"],
    ["=1", "no variable name on line '=1'"],
  ])("refuses the line %j", (line, message) => {
    expect(() => parseKeyValueLines(line, { path: "f" })).toThrow(message);
  });
});

describe("parseMoment", () => {
  const now = Date.UTC(2026, 0, 2, 0, 0, 0);

  it.each([
    ["1700000000", "1700000000"],
    ["1700000000.5", "1700000000.5"],
    ["10m", `${now / 1000 - 600}.000000000`],
    ["2026-01-01T00:00:00Z", `${Date.UTC(2026, 0, 1) / 1000}.000000000`],
    ["2026-01-01T01:00:00.25+01:00", `${Date.UTC(2026, 0, 1) / 1000}.250000000`],
  ])("reads %s", (text, expected) => {
    expect(parseMoment("since", text, now)).toBe(expected);
  });

  it("refuses what is no time", () => {
    expect(() => parseMoment("until", "xyz")).toThrow(
      'invalid value for "until": failed to parse value as time or duration: "xyz"',
    );
  });
});
