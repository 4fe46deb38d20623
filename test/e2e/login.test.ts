import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { programs } from "../harness/instance/programs.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("tdock login and logout", (suite) => {
  const folder = () => join(suite.tdockd.layout.root, ".docker");
  const keep = async (auths: Readonly<Record<string, object>>) => {
    await mkdir(folder(), { recursive: true });
    await writeFile(join(folder(), "config.json"), JSON.stringify({ auths }));
  };
  const kept = async () => JSON.parse(await readFile(join(folder(), "config.json"), "utf8")).auths;
  const encoded = (username: string, password: string) => ({ auth: btoa(`${username}:${password}`) });

  it("keeps what the registry takes, uses it, and forgets it", async () => {
    await using registry = await startRegistry({ auth: "basic" });
    const { username, password } = registry.credentials;
    await keep({});

    const flags = ["-u", username, "--password-stdin"];
    const first = await suite.tdock(["login", ...flags, `http://${registry.host}/v2/`], { stdin: `${password}\n` });
    const again = await suite.tdock(["login", registry.host]);

    expect(first).toMatchObject({ exitCode: 0, stdout: "Login Succeeded\n" });
    expect(again).toMatchObject({ exitCode: 0, stdout: "Login Succeeded\n" });
    expect(await kept()).toEqual({ [registry.host]: encoded(username, password) });
    await suite.mustTdock(["logout", registry.host]);
    expect(await kept()).toEqual({});
  });

  it("does not take what is kept for another user", async () => {
    await using registry = await startRegistry({ auth: "basic" });
    await keep({ [registry.host]: encoded(registry.credentials.username, registry.credentials.password) });

    const { exitCode, stderr } = await suite.tdock(["login", "-u", "someone-else", registry.host]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("Cannot perform an interactive login from a non TTY device");
  });

  it("asks anew when what is kept is refused", async () => {
    await using registry = await startRegistry({ auth: "basic" });
    const { username, password } = registry.credentials;
    await keep({ [registry.host]: encoded(username, "of last year") });

    using terminal = openTerminal(programs.tdock, ["login", registry.host], { env: suite.tdockd.clientEnv });
    await terminal.waitFor("Username: ");
    terminal.type(`${username}\r`);
    await terminal.waitFor("Password: ");
    terminal.type(`${password}\r`);
    await terminal.waitFor("Login Succeeded");

    expect(await terminal.exit).toBe(0);
    expect(await kept()).toEqual({ [registry.host]: encoded(username, password) });
  });

  it.each([[], ["docker.io"], ["https://index.docker.io/v1/"]])(
    "logs out of Docker Hub by its name %s",
    async (...name) => {
      await keep({ "https://index.docker.io/v1/": encoded("me", "x"), "other.example": encoded("me", "y") });

      await suite.mustTdock(["logout", ...name]);

      expect(await kept()).toEqual({ "other.example": encoded("me", "y") });
    },
  );
});
