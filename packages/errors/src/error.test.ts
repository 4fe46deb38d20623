import { describe, expect, it } from "vitest";
import { isError, TdockError } from "./error.ts";
import { codeFromGrpcStatus } from "./grpc.ts";
import { codeFromHttpStatus, httpStatus } from "./http.ts";

describe("TdockError.from", () => {
  it("returns a TdockError unchanged", () => {
    const error = new TdockError("conflict", "name in use");

    expect(TdockError.from(error)).toBe(error);
  });

  it.each([
    ["ENOENT", "not-found"],
    ["EACCES", "forbidden"],
    ["ECONNREFUSED", "unavailable"],
    ["ENOSPC", "internal"],
    ["constructor", "internal"],
  ])("turns the system error %s into %s", (code, expected) => {
    expect(TdockError.from(Object.assign(new Error("x"), { code })).code).toBe(expected);
  });

  it("turns an abort into canceled", () => {
    const { reason } = AbortSignal.abort();

    expect(TdockError.from(reason).code).toBe("canceled");
  });
});

describe("isError", () => {
  it("tells reasons apart", () => {
    const error = new TdockError("invalid-argument", "no such command", { reason: "command-not-found" });

    expect(isError(error, "invalid-argument", "command-not-found")).toBe(true);
    expect(isError(error, "invalid-argument", "not-executable")).toBe(false);
    expect(isError(error, "not-found")).toBe(false);
  });
});

describe("the translation tables", () => {
  it("are inverse to each other for HTTP", () => {
    for (const [code, status] of Object.entries(httpStatus)) expect(codeFromHttpStatus(status)).toBe(code);
  });

  it("turn ALREADY_EXISTS and ABORTED into conflict", () => {
    expect([codeFromGrpcStatus(6), codeFromGrpcStatus(10)]).toEqual(["conflict", "conflict"]);
  });

  it("turn FAILED_PRECONDITION into conflict only for a task's state", () => {
    expect([codeFromGrpcStatus(9), codeFromGrpcStatus(9, true)]).toEqual(["invalid-argument", "conflict"]);
  });
});
