import { isError, TdockError } from "@tdock/errors/error";
import { randomFrom } from "@tdock/keeper/testing/random";
import { describe, expect, it } from "vitest";
import { globalArguments } from "../plan/arguments.ts";
import { planStages } from "../plan/graph.ts";
import { parseDockerfile } from "./stages.ts";

/** What Dockerfiles are made of, and what breaks them. */
const pieces = [
  ..."FROM ARG ENV RUN COPY ADD LABEL WORKDIR USER EXPOSE VOLUME CMD ENTRYPOINT HEALTHCHECK ONBUILD SHELL".split(" "),
  ..."STOPSIGNAL MAINTAINER AS NONE scratch x a=b /x . --from=x --mount=type=cache,target=/c --chown=1:2".split(" "),
  ...["--mount=type=", "--", "--=", "--interval=1s", "--platform=$P", "<<EOF", "<<-'E'", "EOF", "E", "\\", "\\\n", "`"],
  ...[
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\t",
    "#",
    "# escape=`",
    "# check=skip=all",
    "$A",
    "${A",
    "${A:-",
    "$".concat("{A##*}"),
  ],
  ...[
    '"',
    "'",
    "[",
    "]",
    '["a", "b"]',
    "[1",
    "{",
    "}",
    "=",
    "\u{FEFF}",
    "\u{1F600}",
    "\u0001",
    "é",
    "\ud800",
    ",",
    "%",
    "*",
  ],
];

function dockerfileOf(seed: number): string {
  const random = randomFrom(seed);
  const count = 1 + random(60);
  const words = Array.from({ length: count }, () => pieces[random(pieces.length)] + (random(2) === 0 ? " " : ""));
  return (random(2) === 0 ? "FROM x\n" : "") + words.join("");
}

function read(text: string): void {
  const dockerfile = parseDockerfile("Dockerfile", text);
  const options = {
    ...{ buildArgs: new Map(), target: "", platform: undefined, labels: new Map(), contexts: new Set<string>() },
    buildPlatform: { os: "linux", architecture: "amd64" },
  };
  planStages(dockerfile, options, globalArguments(dockerfile, options));
}

describe("a Dockerfile that was put together by chance", () => {
  it("says what is wrong with it and where, soon", () => {
    const outcomes = { taken: 0, refused: 0 };
    for (let seed = 0; seed < 5000; seed++) {
      const text = dockerfileOf(seed);
      try {
        read(text);
        outcomes.taken++;
      } catch (thrown) {
        if (!isError(thrown, "invalid-argument")) throw new Error(`of seed ${seed}: ${text}`, { cause: thrown });
        outcomes.refused++;
      }
    }

    expect(outcomes.taken).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(1000);
  });

  it.each([
    ["quotes", '"'],
    ["opened braces", "${A:-"],
    ["opened patterns", "${A##*"],
    ["brackets", "["],
    ["escapes", "\\"],
    ["continuations", "\\\n"],
    ["here-documents", "<<E "],
    ["flags", "--a=b "],
    ["spaces", " \t"],
    ["pairs", "a=b "],
  ])("takes time in proportion to its length: %s", (_, piece) => {
    for (const instruction of ["ENV", "LABEL", "RUN", "COPY", "ADD", "CMD", "ONBUILD RUN", "HEALTHCHECK", "EXPOSE"]) {
      const text = `FROM x\n${instruction} ${piece.repeat(100_000 / piece.length)}`;
      try {
        read(text);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(TdockError);
      }
    }
  });
});
