import { describe, expect, it } from "vitest";
import { mergeConfig } from "./merge-config.ts";

const image = {
  Env: ["PATH=/bin", "A=image"],
  Entrypoint: ["/entry"],
  Cmd: ["serve"],
  WorkingDir: "/srv",
  Labels: { a: "image", b: "image" },
  Volumes: { "/data": {} },
  Healthcheck: { Test: ["CMD", "true"], Interval: 5 },
};

describe("mergeConfig", () => {
  it.each([
    [{}, ["/entry"], ["serve"]],
    [{ Cmd: ["other"] }, ["/entry"], ["other"]],
    [{ Entrypoint: ["/mine"] }, ["/mine"], null],
    [{ Entrypoint: [""] }, null, null],
    [{ Entrypoint: [] }, null, ["serve"]],
    [{ Entrypoint: [""], Cmd: ["sh"] }, null, ["sh"]],
  ])("with %j runs %j %j", (asked, entrypoint, cmd) => {
    const merged = mergeConfig(asked, image);

    expect([merged.Entrypoint, merged.Cmd]).toEqual([entrypoint, cmd]);
  });

  it("joins environment, labels and volumes, the caller winning", () => {
    const merged = mergeConfig({ Env: ["A=mine", "B=1"], Labels: { a: "mine" }, Volumes: { "/more": {} } }, image);

    expect(merged.Env).toEqual(["A=mine", "B=1", "PATH=/bin"]);
    expect({ ...merged.Labels }).toEqual({ a: "mine", b: "image" });
    expect(Object.keys(merged.Volumes ?? {})).toEqual(["/data", "/more"]);
  });

  it("keeps label names such as __proto__ as they are", () => {
    const labels = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Record<string, string>;

    const merged = mergeConfig({ Labels: labels }, {});

    expect(JSON.stringify(merged.Labels)).toBe('{"__proto__":"x","constructor":"y"}');
  });

  it("takes from the image's health check what the caller left out", () => {
    expect(mergeConfig({ Healthcheck: { Interval: 9 } }, image).Healthcheck).toMatchObject({
      Test: ["CMD", "true"],
      Interval: 9,
    });
  });
});
