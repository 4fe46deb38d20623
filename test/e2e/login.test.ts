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

  it.each(["credsStore", "credHelpers"])(
    "keeps it with the helper program that %s names, and nowhere else",
    async (kind) => {
      await using registry = await startRegistry({ auth: "basic" });
      const { username, password } = registry.credentials;
      const kept = join(suite.tdockd.layout.root, `kept-by-${kind.toLowerCase()}`);
      const helper = join(suite.tdockd.layout.root, "docker-credential-drawer");
      await writeFile(helper, drawer(kept), { mode: 0o755 });
      await mkdir(folder(), { recursive: true });
      const config = { [kind]: kind === "credsStore" ? "drawer" : { [registry.host]: "drawer" } };
      await writeFile(join(folder(), "config.json"), JSON.stringify(config));
      const options = { env: { PATH: `${suite.tdockd.layout.root}:${process.env.PATH}` } };
      const name = `${registry.host}/app:1`;
      await suite.mustTdock(["tag", suite.busybox, name]);

      const login = ["login", "-u", username, "--password-stdin", registry.host];
      await suite.mustTdock(login, { ...options, stdin: password });
      const pushed = await suite.tdock(["push", "-q", name], options);
      const stored = JSON.parse(await readFile(kept, "utf8"));
      const file = await readFile(join(folder(), "config.json"), "utf8");
      await suite.mustTdock(["logout", registry.host], options);

      expect(pushed).toMatchObject({ exitCode: 0, stderr: "" });
      expect(stored).toEqual({ ServerURL: registry.host, Username: username, Secret: password });
      expect(file).not.toMatch(new RegExp(`${password}|${btoa(`${username}:${password}`)}`));
      await expect(readFile(kept)).rejects.toThrow("ENOENT");
      expect(await suite.tdock(["push", "-q", name], options)).toMatchObject({ exitCode: 1 });
    },
  );

  it("takes a password on the command line, and warns of it", async () => {
    await using registry = await startRegistry({ auth: "basic" });
    const { username, password } = registry.credentials;
    await keep({});

    const { exitCode, stderr } = await suite.tdock(["login", "-u", username, "-p", password, registry.host]);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining("WARNING! Using --password via the CLI is insecure. Use --password-stdin."),
    });
    expect(await kept()).toEqual({ [registry.host]: encoded(username, password) });
  });

  it("takes a token from who gives one, and says whose word is wrong", async () => {
    await using registry = await startRegistry({ auth: "token" });
    const { username, password } = registry.credentials;
    await keep({});
    const login = (word: string) =>
      suite.tdock(["login", "-u", username, "--password-stdin", registry.host], { stdin: word });

    const wrong = await login("wrong");
    const right = await login(password);

    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("incorrect username or password") });
    expect(right).toMatchObject({ exitCode: 0, stdout: "Login Succeeded\n" });
    expect(await kept()).toEqual({ [registry.host]: encoded(username, password) });
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

/** A credential helper that keeps what it is given in a file, as it came. */
function drawer(file: string): string {
  return `#!/bin/sh
case $1 in
store) cat > ${file} ;;
get) cat ${file} 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
erase) rm -f ${file} ;;
*) echo '{}' ;;
esac
`;
}
