import { expect, it } from "vitest";
import { file, symlink, tarOf } from "../harness/images/tar-layer.ts";
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
});
