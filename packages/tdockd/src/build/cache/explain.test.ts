import { describe, expect, it } from "vitest";
import { explainMiss } from "./explain.ts";
import { changedFiles, type FileList, fileList } from "./file-list.ts";
import { type StepInputs, shownAt } from "./step-record.ts";

const inputs: StepInputs = {
  parent: "p",
  text: "RUN make",
  args: { V: "1" },
  env: { V: "1", A: "a" },
  files: undefined,
  rest: JSON.stringify({ command: ["make"], USER: "", network: "default", [`${shownAt} /m`]: "digest" }),
};
const settings = (change: object) => ({ rest: JSON.stringify({ ...JSON.parse(inputs.rest), ...change }) });

describe("explainMiss", () => {
  it.each([
    [{ args: { V: "2" }, env: { V: "2", A: "a" } }, "ARG V 1 -> 2"],
    [{ env: { V: "1", A: "b" } }, "ENV A a -> b"],
    [{ env: { V: "1", A: "a", B: "b" } }, "ENV B is new"],
    [{ parent: "q" }, "the step before it changed"],
    [{ text: "RUN make all" }, "the instruction changed: it was RUN make"],
    [settings({ USER: "nobody", network: "none" }), "USER none -> nobody, network default -> none"],
    [settings({ SOURCE_DATE_EPOCH: 1 }), "SOURCE_DATE_EPOCH none -> 1"],
    [settings({ command: ["make", "-s"] }), "command changed"],
    [settings({ [`${shownAt} /m`]: "other" }), "what is mounted at /m changed"],
    [{ ...settings({ [`${shownAt} /m`]: "other" }), parent: "q" }, "what is mounted at /m changed"],
    [{ rest: "[]" }, "its settings changed"],
  ])("of %j says %s", (change, expected) => {
    const now = { ...inputs, ...change };

    expect(explainMiss({ before: inputs, now, files: [], parentName: "the step before it" })).toBe(expected);
  });

  it("names changed files, and how many more there are", () => {
    const files = ["a", "b", "c", "d"].map((path) => ({ path, change: "changed" as const }));

    expect(explainMiss({ before: inputs, now: inputs, files, parentName: "" })).toBe(
      "a changed, b changed, c changed, 1 more",
    );
  });
});

describe("changedFiles", () => {
  const file = (digest: string, mode = 0o644, mtime = 0) =>
    ({ kind: "file", mode, uid: 0, gid: 0, mtime, size: 1, digest, content: "" }) as const;
  const listOf = (entries: Record<string, ReturnType<typeof file>>) =>
    fileList([
      {
        name: "src",
        root: { kind: "folder", mode: 0o755, uid: 0, gid: 0, mtime: 0 },
        entries: Object.entries(entries),
        source: "src",
      },
    ]);

  const inParts = (list: FileList) => {
    const bytes = Buffer.concat(list);
    return { length: bytes.length, read: (from: number, to: number) => bytes.subarray(from, to) };
  };

  it("tells what was added, removed and changed, by bytes and by mode", () => {
    const before = listOf({ same: file("1"), bytes: file("1"), mode: file("1"), gone: file("1") });
    const after = listOf({ same: file("1"), bytes: file("2"), mode: file("1", 0o755), "new file": file("1") });

    expect(changedFiles(inParts(before), after)).toEqual([
      { path: "bytes", change: "changed" },
      { path: "mode", change: "mode 644 -> 755" },
      { path: "new file", change: "added" },
      { path: "gone", change: "removed" },
    ]);
  });

  it.each([0, 1, 2500, 4999])("finds the one of many that has changed or is gone: %d", (changed) => {
    const names = Array.from({ length: 5000 }, (_, index) => `file-${index}`);
    const entries = Object.fromEntries(names.map((name) => [name, file("1")]));
    const name = names[changed] as string;
    const { [name]: _, ...others } = entries;

    const before = inParts(listOf(entries));

    expect(changedFiles(before, listOf({ ...entries, [name]: file("2") }))).toEqual([
      { path: name, change: "changed" },
    ]);
    expect(changedFiles(before, listOf(others))).toEqual([{ path: name, change: "removed" }]);
    expect(changedFiles(inParts(listOf(others)), listOf(entries))).toEqual([{ path: name, change: "added" }]);
    expect(changedFiles(before, listOf(entries))).toEqual([]);
  });

  it("does not look at times", () => {
    expect(listOf({ a: file("1") })).toEqual(listOf({ a: file("1", 0o644, 5) }));
  });
});
