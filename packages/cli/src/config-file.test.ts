import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { usableConfigFile } from "./config-file.ts";
import { silentPrinter } from "./terminal/printer.ts";

describe("usableConfigFile", () => {
  let configFolder: string;
  let file: string;
  let said: string;
  const print = (text: string) => {
    said += text;
  };
  const read = () => usableConfigFile({ configFolder, err: { ...silentPrinter, print } });
  beforeEach(() => {
    configFolder = mkdtempSync(join(tmpdir(), "tdock-config-"));
    file = join(configFolder, "config.json");
    said = "";
  });
  afterEach(() => rmSync(configFolder, { recursive: true }));

  it.each(["{}", "", `{"auths":null}`])("has nothing to say of %j", (text) => {
    writeFileSync(file, text);

    expect([read(), said]).toEqual([{}, ""]);
  });

  it.each([`{"auths":{`, "[]", "null", "5"])("warns of %j, and goes on without", (text) => {
    writeFileSync(file, text);

    expect(read()).toEqual({});
    expect(said).toMatch(/^WARNING: Error loading config file: .*config\.json.*\n$/);
  });

  it("warns of what cannot be read, and goes on without", () => {
    mkdirSync(file);

    expect(read()).toEqual({});
    expect(said).toMatch(/^WARNING: Error loading config file: .*EISDIR/);
  });

  it("leaves out what is not what it should be, and takes the rest", () => {
    const auths = { "a.example": { auth: "YTpi", email: null }, "b.example": { auth: 5 }, "c.example": "none" };
    const credHelpers = { "a.example": ["x"] };
    const config = { auths, credHelpers, psFormat: 5, detachKeys: "ctrl-a", proxies: [], somethingElse: 5 };
    writeFileSync(file, JSON.stringify(config));

    expect(read()).toEqual({
      auths: { "a.example": auths["a.example"] },
      credHelpers: {},
      detachKeys: "ctrl-a",
      somethingElse: 5,
    });
    expect(said.match(/(?<=config\.json: ).*(?= is not)/g)).toEqual([
      "auths of b.example",
      "auths of c.example",
      "credHelpers of a.example",
      "psFormat",
      "proxies",
    ]);
  });
});
