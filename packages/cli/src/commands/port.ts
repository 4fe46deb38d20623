import { containerInspect } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { defineCommand } from "../command.ts";
import { joinHostPort } from "../terminal/ports.ts";
import { quote } from "../terminal/template/quote.ts";

export const port = defineCommand({
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  operands: [1, 2],
  flags: {},
  async run(cli, { args: [id = "", wanted] }) {
    const { NetworkSettings } = await call(cli.client, containerInspect, { id });
    const ports = NetworkSettings?.Ports ?? {};
    if (wanted === undefined) {
      const lines = Object.keys(ports).flatMap((name) => bindings(ports, name).map((where) => `${name} -> ${where}\n`));
      cli.out.print(lines.toSorted(comparePorts).join(""));
      return 0;
    }
    const name = wanted.includes("/") ? wanted : `${wanted}/tcp`;
    if (!/^\d+\//.test(name)) {
      const cause = `strconv.ParseUint: parsing ${quote(name.split("/", 1)[0] ?? "")}: invalid syntax`;
      throw new TdockError("invalid-argument", `Error: invalid port (${wanted}): ${cause}`);
    }
    const found = bindings(ports, name);
    if (found.length === 0) throw new TdockError("not-found", `Error: No public port '${wanted}' published for ${id}`);
    cli.out.print(found.map((where) => `${where}\n`).join(""));
    return 0;
  },
});

type Ports = Readonly<Record<string, readonly { HostIp?: string; HostPort?: string }[] | null>>;

function bindings(ports: object, name: string): string[] {
  const found = Object.hasOwn(ports, name) ? (ports as Ports)[name] : undefined;
  return (found ?? []).map(({ HostIp = "", HostPort = "" }) => joinHostPort(HostIp, HostPort));
}

function comparePorts(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
}
