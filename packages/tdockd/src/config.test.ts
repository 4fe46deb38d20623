import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const proxiesOf = (flags: readonly string[], environment: Readonly<Record<string, string>>) => {
  const config = readConfig(flags, environment);
  return typeof config === "object" ? config.proxies : undefined;
};

describe("readConfig", () => {
  it("takes proxies from the environment, in either case, and rather from flags", () => {
    const environment = { https_proxy: "proxy.example:3128", HTTP_PROXY: "http://one.example", NO_PROXY: "a.example" };

    expect(proxiesOf(["--http-proxy=http://two.example:80"], environment)).toEqual({
      ...{ http: "http://two.example/", https: "http://proxy.example:3128/", no: "a.example" },
    });
    expect(proxiesOf([], {})).toEqual({ http: "", https: "", no: "" });
  });

  it("refuses a proxy that is none without showing it", () => {
    expect(() => readConfig([], { HTTPS_PROXY: "ftp://me:S3CR3T@proxy.example" })).toThrow(
      /^--https-proxy: wanted an address such as http:\/\/proxy.example:3128$/,
    );
  });
});
