import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  joinHostPort
} from "./chunk-YUOEI3WH.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerInspect
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/port.ts
var port = defineCommand({
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  operands: [1, 2],
  flags: {},
  async run(cli, { args: [id = "", wanted] }) {
    const { NetworkSettings } = await call(cli.client, containerInspect, { id });
    const ports = NetworkSettings?.Ports ?? {};
    if (wanted === void 0) {
      const lines = Object.keys(ports).flatMap((name2) => bindings(ports, name2).map((where) => `${name2} -> ${where}
`));
      cli.out.print(lines.toSorted(comparePorts).join(""));
      return 0;
    }
    const name = wanted.includes("/") ? wanted : `${wanted}/tcp`;
    const found = bindings(ports, name);
    if (found.length === 0) throw new TdockError("not-found", `Error: No public port '${wanted}' published for ${id}`);
    cli.out.print(found.map((where) => `${where}
`).join(""));
    return 0;
  }
});
function bindings(ports, name) {
  const found = Object.hasOwn(ports, name) ? ports[name] : void 0;
  return (found ?? []).map(({ HostIp = "", HostPort = "" }) => joinHostPort(HostIp, HostPort));
}
function comparePorts(a, b) {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
}
export {
  port
};
