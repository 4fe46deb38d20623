import { describe, expect, it } from "vitest";
import { readApiSchema } from "./schema.ts";

describe("readApiSchema", () => {
  const schema = readApiSchema();

  it("finds no fault with an answer as Docker describes it", () => {
    expect(schema.faults("POST", "/containers/create", 201, { Id: "a", Warnings: [] })).toEqual([]);
    expect(schema.faults("GET", "/containers/json", 200, [{ Id: "a".repeat(64), Names: ["/web"] }])).toEqual([]);
  });

  it.each([
    [{ Id: 5, Warnings: [] }, "/Id must be string"],
    [{ Warnings: [] }, " must have required property 'Id'"],
    [{ Id: "a", Warnings: "none" }, "/Warnings must be array"],
  ])("names the fault of %j", (body, fault) => {
    expect(schema.faults("POST", "/containers/create", 201, body)).toContain(fault);
  });

  it("throws for an answer that is not described", () => {
    expect(() => schema.faults("GET", "/containers/json", 418, {})).toThrow("no answer 418");
    expect(() => schema.faults("GET", "/nowhere", 200, {})).toThrow("no answer 200");
  });

  it("names what an object lacks", () => {
    expect(schema.missing("ContainerCreateResponse", { Id: "a" })).toEqual(["Warnings"]);
  });
});
