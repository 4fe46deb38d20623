import { describe, expect, it } from "vitest";
import { bool, int, list, text } from "./flag.ts";
import { parseArguments } from "./parse-arguments.ts";

const table = {
  all: bool("", { short: "a" }),
  quiet: bool("", { short: "q" }),
  proxy: bool("", { initial: true }),
  last: int("", { short: "n" }),
  env: list("", { short: "e" }),
  name: text(""),
};

const parse = (words: string, stopAtOperand = false) => parseArguments(table, words.split(" "), { stopAtOperand });

describe("parseArguments", () => {
  it.each([
    ["--all", { all: true }],
    ["--all=false", { all: false }],
    ["-aq", { all: true, quiet: true }],
    ["--proxy=0", { proxy: false }],
    ["--last 5", { last: 5 }],
    ["--last=-1", { last: -1 }],
    ["-n5", { last: 5 }],
    ["-n=5", { last: 5 }],
    ["-n -1", { last: -1 }],
    ["-aqn 7", { all: true, quiet: true, last: 7 }],
    ["-a=false", { all: false }],
    ["-e A=1 -e=B --env C=", { env: ["A=1", "B", "C="] }],
    ["--name --all", { name: "--all", all: false }],
    ["--name=", { name: "" }],
  ])("reads %s", (words, expected) => {
    expect(parse(words).flags).toMatchObject(expected);
  });

  it("finds flags behind operands", () => {
    const { flags, operands } = parse("one -a two");

    expect(flags.all).toBe(true);
    expect(operands).toEqual(["one", "two"]);
  });

  it("leaves all behind the first operand alone where the command says so", () => {
    expect(parse("-a image -q --unknown", true).operands).toEqual(["image", "-q", "--unknown"]);
  });

  it("takes all behind -- as operands", () => {
    expect(parse("-a -- -q --").operands).toEqual(["-q", "--"]);
  });

  it("takes a lone dash as an operand", () => {
    expect(parse("-").operands).toEqual(["-"]);
  });

  it("knows which flags were given", () => {
    expect([...parse("--all=false").given]).toEqual(["all"]);
  });

  it.each(["--help", "-h", "-ah"])("sees the wish for help in %s", (words) => {
    expect(parse(words).help).toBe(true);
  });

  it.each([
    ["--unknown", "unknown flag: --unknown"],
    ["--constructor", "unknown flag: --constructor"],
    ["-aZ", "unknown shorthand flag: 'Z' in -aZ"],
    ["--last", "flag needs an argument: --last"],
    ["-an", "flag needs an argument: 'n' in -n"],
    ["---", "bad flag syntax: ---"],
    ["-n x", 'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    ["--all=x", 'invalid argument "x" for "-a, --all" flag: strconv.ParseBool: parsing "x": invalid syntax'],
  ])("refuses %s", (words, message) => {
    expect(() => parse(words)).toThrow(message);
  });
});
