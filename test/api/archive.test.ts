import { expect, it } from "vitest";
import { directory, file, symlink, type TarEntry, tarOf } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("PUT /containers/{id}/archive", (suite) => {
  it.each([".", "./", "a/.."])(
    "refuses an archive that would replace its destination by an entry named %s",
    async (name) => {
      const { body } = await suite.api("POST", "/containers/create", {
        Image: suite.busybox,
        Cmd: ["cat", "/kept/file"],
      });
      const put = async (path: string, entries: Parameters<typeof tarOf>[0]) =>
        suite.api("PUT", `/containers/${body.Id}/archive?path=${path}`, await tarOf(entries));
      await put("/", [file("kept/file", "here\n")]);

      const answers = [
        await put("/", [symlink(name, "/elsewhere")]),
        await put("/kept", [symlink(name, "/elsewhere")]),
      ];

      expect(answers.map(({ status }) => status)).toEqual([400, 400]);
      expect(await suite.mustTdock(["start", "-a", body.Id])).toBe("here");
    },
  );

  it("replaces no device of a container that runs, but what its root has for one", async () => {
    const start = { Image: suite.busybox, Cmd: ["sleep", "600"] };
    const { Id } = (await suite.api("POST", "/containers/create", start)).body;
    const put = async (path: string, ...entries: TarEntry[]) =>
      (await suite.api("PUT", `/containers/${Id}/archive?path=${path}`, await tarOf(entries))).status;
    const text = file("null", "text\n");
    const node = { name: "null", type: "character-device", mode: 0o666, devmajor: 1, devminor: 3 } as const;
    expect(await put("/", { ...node, name: "tmp/null" })).toBe(200);
    await suite.api("POST", `/containers/${Id}/start`);

    const asked = [text, symlink("null", "/etc/passwd"), directory("null"), node];
    expect(await Promise.all(asked.map((entry) => put("/dev", entry)))).toEqual([409, 409, 409, 409]);
    expect(await put("/dev", file("other", "mine\n"))).toBe(200);
    expect(await put("/tmp", text)).toBe(200);

    const script = "test -c /dev/null && cat /dev/null /dev/other /tmp/null";
    expect(await suite.mustTdock(["exec", Id, "sh", "-c", script])).toBe("mine\ntext");
  });
});
