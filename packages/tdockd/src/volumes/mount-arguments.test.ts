import { describe, expect, it } from "vitest";
import { mountArguments, withoutPassword } from "./mount-arguments.ts";

describe("mountArguments", () => {
  it.each([
    [{ type: "tmpfs", device: "tmpfs", o: "size=1m" }, ["-t", "tmpfs", "-o", "size=1m", "--", "tmpfs", "/d"]],
    [{ device: "/src", o: "bind" }, ["-t", "none", "-o", "bind", "--", "/src", "/d"]],
    [{ type: "nfs", device: "host:/x" }, ["-t", "nfs", "--", "host:/x", "/d"]],
    [
      { type: "nfs", device: ":/x", o: "rw,addr=192.0.2.1" },
      ["-i", "-t", "nfs", "-o", "rw,addr=192.0.2.1", "--", ":/x", "/d"],
    ],
    [{ type: "cifs", device: "//h/x", o: "addr=a..b" }, undefined],
  ])("of %j", async (options, expected) => {
    if (expected === undefined) await expect(mountArguments(options, "/d")).rejects.toThrow("no address of a..b");
    else expect(await mountArguments(options, "/d")).toEqual(expected);
  });

  it("names the server by its address, for the kernel knows no names", async () => {
    const [, , , , o] = await mountArguments({ type: "nfs4", device: ":/x", o: "addr=localhost,ro" }, "/d");

    expect(o).toMatch(/^addr=(127\.0\.0\.1|::1),ro$/);
  });
});

describe("withoutPassword", () => {
  it("keeps all else", () => {
    expect(withoutPassword("data: username=a,password=s3cret,vers=3: failed")).toBe(
      "data: username=a,password=********,vers=3: failed",
    );
  });
});
