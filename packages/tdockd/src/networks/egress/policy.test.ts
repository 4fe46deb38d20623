import { describe, expect, it } from "vitest";
import { allowsName, parseEgress } from "./policy.ts";

describe("parseEgress", () => {
  it("allows everything where nothing is said", () => {
    expect(parseEgress([])).toBeUndefined();
    expect(parseEgress(["log"])).toEqual({ isRestricted: false, isLogged: true, allowed: [] });
  });

  it.each([
    ["example.com", { host: "example.com", kind: "name", port: undefined }],
    ["*.Example.com:443", { host: "*.example.com", kind: "name", port: 443 }],
    ["10.0.0.1:80", { host: "10.0.0.1", kind: "range", port: 80 }],
    ["10.0.0.0/8", { host: "10.0.0.0/8", kind: "range", port: undefined }],
    ["[fd00::1]:80", { host: "fd00::1", kind: "range", port: 80 }],
    ["fd00::/8", { host: "fd00::/8", kind: "range", port: undefined }],
  ])("reads allow=%s, and denies the rest", (text, place) => {
    expect(parseEgress([`allow=${text}`])).toEqual({ isRestricted: true, isLogged: false, allowed: [place] });
  });

  it.each(["x", "allow=", "allow=a b", "allow=a:0", "allow=a:70000", "allow=*", "allow=a;b", "allow=a\nb", "deny=x"])(
    "refuses %j",
    (word) => {
      expect(() => parseEgress([word])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    },
  );
});

describe("allowsName", () => {
  it.each([
    ["example.com", "EXAMPLE.com.", true],
    ["example.com", "a.example.com", false],
    ["*.example.com", "a.b.example.com", true],
    ["*.example.com", "example.com", false],
    ["*.example.com", "badexample.com", false],
  ])("for %s and %s answers %s", (host, name, expected) => {
    expect(allowsName({ host, kind: "name", port: undefined }, name)).toBe(expected);
  });
});
