import { describe, expect, it } from "vitest";
import { printableProxy, proxyFor } from "./proxy.ts";

const http = "http://proxy.example:3128";
const https = "http://secure.example:3128";

describe("proxyFor", () => {
  it("chooses by how the address is asked", () => {
    expect(proxyFor(new URL("http://reg.example/v2/"), { http, https, no: "" })).toBe(http);
    expect(proxyFor(new URL("https://reg.example/v2/"), { http, https, no: "" })).toBe(https);
    expect(proxyFor(new URL("https://reg.example/v2/"), { http, https: "", no: "" })).toBeUndefined();
  });

  it.each(["localhost:5000", "a.localhost", "127.0.0.1:5000", "[::1]:5000"])("asks %s without", (host) => {
    expect(proxyFor(new URL(`http://${host}/`), { http, https, no: "" })).toBeUndefined();
  });

  it.each([
    ["reg.example", "reg.example", true],
    ["a.reg.example", "reg.example", true],
    ["myreg.example", "reg.example", false],
    ["reg.example", ".example", true],
    ["reg.example", ".reg.example", false],
    ["reg.example", "*.example", true],
    ["reg.example", " other.example , REG.example", true],
    ["reg.example:5000", "reg.example:5000", true],
    ["reg.example:5001", "reg.example:5000", false],
    ["reg.example", "reg.example:80", true],
    ["10.1.2.3:5000", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["[2001:db8::1]:5000", "2001:db8::1", true],
    ["[2001:db8::1]:5000", "[2001:db8::1]:5000", true],
    ["[2001:db8::1]:5000", "2001:db8::/32", true],
    ["reg.example", "*", true],
    ["reg.example", ",", false],
  ])("%s with the exceptions %j: without is %s", (host, no, isWithout) => {
    expect(proxyFor(new URL(`http://${host}/`), { http, https, no })).toBe(isWithout ? undefined : http);
  });
});

describe("printableProxy", () => {
  it("shows no password", () => {
    expect(printableProxy("http://me:S3CR3T@proxy.example:3128")).toBe("http://xxxxx:xxxxx@proxy.example:3128");
    expect(printableProxy(http)).toBe(http);
    expect(printableProxy("")).toBe("");
  });
});
