import { isError } from "@tdock/errors/error";
import { describe, expect, it } from "vitest";
import { pageOf } from "./page.ts";

const names = ["a", "b", "c"];
const at = (query: string) => pageOf(names, new URL(`http://registry/v2/app/tags/list${query}`));

describe("pageOf", () => {
  it.each([
    ["", names, undefined],
    ["?n=2", ["a", "b"], '</v2/app/tags/list?n=2&last=b>; rel="next"'],
    ["?n=2&last=b", ["c"], undefined],
    ["?n=3", names, undefined],
    ["?n=0", [], undefined],
    ["?last=aa", ["b", "c"], undefined],
    ["?last=z&n=1", [], undefined],
    ["?n=1&ns=docker.io", ["a"], '</v2/app/tags/list?n=1&ns=docker.io&last=a>; rel="next"'],
  ])("of %j is %j", (query, page, link) => {
    expect(at(query)).toEqual({ names: page, link });
  });

  it.each(["?n=", "?n=-1", "?n=two", "?n=1e3"])("refuses %j", (query) => {
    const thrown = (() => {
      try {
        return at(query);
      } catch (error) {
        return error;
      }
    })();

    expect(isError(thrown, "invalid-argument")).toBe(true);
  });
});
