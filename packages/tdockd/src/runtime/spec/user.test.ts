import { describe, expect, it } from "vitest";
import { resolveUser } from "./user.ts";

const files = {
  passwd: "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001::/home/web:/bin/sh\n2147483648:x:0:0::/:/bin/sh\n",
  group: "root:x:0:\nwheel:x:10:root,web\nwww:x:33:web\nteam:x:1001:\n",
};

describe("resolveUser", () => {
  it.each([
    ["", { uid: 0, gid: 0, additionalGids: [0, 10] }],
    ["root", { uid: 0, gid: 0, additionalGids: [0, 10] }],
    ["0", { uid: 0, gid: 0, additionalGids: [0, 10] }],
    ["web", { uid: 1000, gid: 1001, additionalGids: [1001, 10, 33] }],
    ["1000", { uid: 1000, gid: 1001, additionalGids: [1001, 10, 33] }],
    ["web:www", { uid: 1000, gid: 33, additionalGids: [33] }],
    ["4242", { uid: 4242, gid: 0, additionalGids: [0] }],
    ["4242:77", { uid: 4242, gid: 77, additionalGids: [77] }],
    [":33", { uid: 0, gid: 33, additionalGids: [33] }],
    ["00", { uid: 0, gid: 0, additionalGids: [0, 10] }],
  ])("resolves %j", (user, expected) => {
    expect(resolveUser(user, [], files)).toEqual(expected);
  });

  it.each([
    "2147483648",
    "4294967296",
    "99999999999999999999",
    "-1",
    "0x0",
    "0abc",
    "1e3",
    " 0",
    "a:b:c",
    "nobody:99999999999",
  ])("refuses %j", (user) => {
    expect(() => resolveUser(user, [], files)).toThrow(expect.objectContaining({ reason: "user-not-found" }));
  });

  it("adds the groups that were asked for, by name and by number", () => {
    expect(resolveUser("4242", ["www", "5"], files).additionalGids).toEqual([0, 33, 5]);
  });

  it("refuses a group that is not there", () => {
    expect(() => resolveUser("", ["nope"], files)).toThrow("unable to find group nope");
  });
});
