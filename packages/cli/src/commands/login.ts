import { registryLogin } from "@tdock/api/registry";
import { isError, TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { bun } from "../client/bun.ts";
import { call } from "../client/call.ts";
import { defineCommand } from "../command.ts";
import { configPath } from "../config-file.ts";
import { dockerHubKey, findCredentials, type RegistryAuth, registryHost, registryKey } from "../credentials.ts";
import { bool, type FlagValues, text } from "../flags/flag.ts";
import { storeCredentials } from "../store-credentials.ts";
import { ask } from "../terminal/ask.ts";
import { isTerminal } from "../terminal/is-terminal.ts";

const flags = {
  password: text('Password or Personal Access Token (PAT), or "-" to read from stdin', { short: "p" }),
  "password-stdin": bool("Take the Password or Personal Access Token (PAT) from stdin"),
  username: text("Username", { short: "u" }),
};

type LoginFlags = FlagValues<typeof flags>;

export const login = defineCommand({
  usage: "[OPTIONS] [SERVER]",
  operands: [0, 1],
  flags,
  async run(cli, { flags, args: [server] }) {
    const key = server === undefined ? dockerHubKey : registryKey(registryHost(server));
    const given = await givenCredentials(cli, flags, key);
    const isAsked = given === undefined && flags.username === undefined && flags.password === undefined;
    const { auth, Status, IdentityToken } =
      (isAsked ? await tryStored(cli, key) : undefined) ??
      (await authenticate(cli, given ?? (await askCredentials(flags, key))));
    const kept = IdentityToken ? { ...auth, password: "", identitytoken: IdentityToken } : auth;
    const where = await storeCredentials(cli, kept);
    if (where === "file") {
      cli.err.print(`WARNING! Your credentials are stored unencrypted in '${configPath(cli)}'.\n`);
      cli.err.print("Configure a credential helper to remove this warning.\n");
    }
    cli.out.print(`${Status}\n`);
    return 0;
  },
});

/** Credentials that the flags hold, with the password from standard input where that is asked for. */
async function givenCredentials(cli: Cli, flags: LoginFlags, key: string): Promise<RegistryAuth | undefined> {
  const fromInput = flags["password-stdin"] || flags.password === "-";
  checkFlags(flags, fromInput);
  if (fromInput) {
    const password = (await new Response(bun.stdin.stream()).text()).replace(/\r?\n$|\r$/, "");
    if (password.trim() === "") throw new TdockError("invalid-argument", "password is empty");
    return { username: flags.username ?? "", password, serveraddress: key };
  }
  if (flags.password === undefined) return undefined;
  cli.err.print("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
  if (flags.username === undefined) return undefined;
  return { username: flags.username, password: flags.password, serveraddress: key };
}

function checkFlags({ password, username, "password-stdin": stdin }: LoginFlags, fromInput: boolean): void {
  const refuse = (message: string) => new TdockError("invalid-argument", message);
  if (stdin && password !== undefined && password !== "-") {
    throw refuse("conflicting options: cannot specify both --password and --password-stdin");
  }
  if (fromInput && username === undefined) throw refuse("the --password-stdin option requires --username to be set");
  if (username === "") throw refuse("username is empty");
  if (password === "") throw refuse("password is empty");
}

/** With the credentials that are kept, if there are any and the registry still takes them. */
async function tryStored(cli: Cli, key: string) {
  const stored = await findCredentials(cli.config, key);
  if (stored?.password === undefined) return undefined;
  cli.err.print(`Authenticating with existing credentials... [Username: ${stored.username}]\n`);
  try {
    return await authenticate(cli, stored);
  } catch (thrown) {
    if (!isError(thrown, "unauthorized") || !isTerminal(0)) throw thrown;
    cli.err.print(`Login did not succeed, error: ${thrown.message}\n`);
    return undefined;
  }
}

async function authenticate(cli: Cli, auth: RegistryAuth) {
  return { auth, ...(await call(cli.client, registryLogin, { body: { ...auth } })) };
}

async function askCredentials(flags: LoginFlags, key: string): Promise<RegistryAuth> {
  if (!isTerminal(0)) {
    throw new TdockError("invalid-argument", "Error: Cannot perform an interactive login from a non TTY device");
  }
  const username = flags.username ?? (await ask("Username: ", { secret: false })).trim();
  if (username === "") throw new TdockError("invalid-argument", "Error: Non-null Username Required");
  const password = flags.password ?? (await ask("Password: ", { secret: true }));
  if (password === "") throw new TdockError("invalid-argument", "Error: Password Required");
  return { username, password, serveraddress: key };
}
