import { describe, expect, it } from "vitest";
import { mountAt, mountsUnder, parseMountTable } from "./mount-table.ts";

const text = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:30 /a\\040b /run/x\\040y rw,nosuid master:4 - tmpfs tmp\\134fs rw,size=1k
31 30 0:31 net:[4026532201] /run/x\\040y/ns rw - nsfs nsfs rw
garbage
`;

describe("parseMountTable", () => {
  it("undoes the kernel's escapes and reads propagation", () => {
    const [root, second] = parseMountTable(text);

    expect(root).toMatchObject({ target: "/", propagation: "shared", fileSystem: "ext4" });
    expect(second).toMatchObject({ root: "/a b", target: "/run/x y", propagation: "slave", source: "tmp\\fs" });
  });

  it("leaves out lines that are none", () => {
    expect(parseMountTable(text)).toHaveLength(3);
  });
});

describe("mountsUnder", () => {
  it("answers deepest first and does not take a name for a prefix", () => {
    const table = parseMountTable(text);

    expect(mountsUnder("/run/x y", table).map(({ target }) => target)).toEqual(["/run/x y/ns", "/run/x y"]);
    expect(mountsUnder("/run/x", table)).toEqual([]);
  });
});

describe("mountAt", () => {
  it("answers the innermost mount around a path, and of two at one place the later one", () => {
    const table = parseMountTable(`${text}32 22 0:32 / /run/x\\040y rw - tmpfs later rw\n`);

    expect(mountAt("/run/x y/a/b", table)?.source).toBe("later");
    expect(mountAt("/run/x y/ns", table)?.fileSystem).toBe("nsfs");
    expect(mountAt("/run/x yz", table)?.target).toBe("/");
  });
});
