import { printValue } from "../terminal/template/print.ts";
import { isDot, isList, sortedEntries, type Value } from "../terminal/template/value.ts";

/** Members of Docker's structures in Go's order, by the name under which they stand in an object, `[]` for those in a list (moby `api/types`). */
const structures: Readonly<Record<string, readonly string[]>> = {
  "Config[]": ["Subnet", "IPRange", "Gateway", "AuxiliaryAddresses"],
  GraphDriver: ["Data", "Name"],
  IPAM: ["Driver", "Options", "Config"],
  LogConfig: ["Type", "Config"],
  "Mounts[]": ["Type", "Name", "Source", "Destination", "Driver", "Mode", "RW", "Propagation"],
  RestartPolicy: ["Name", "MaximumRetryCount"],
  RootFS: ["Type", "Layers"],
  State: `Status Running Paused Restarting OOMKilled Dead Pid ExitCode Error StartedAt FinishedAt Health`.split(" "),
};

/** The same of the values of maps. */
const elements: Readonly<Record<string, readonly string[]>> = {
  ExposedPorts: [],
  PortBindings: ["HostIp", "HostPort"],
  Ports: ["HostIp", "HostPort"],
  Volumes: [],
};

/** A member as Go shows it where Docker has a structure for it: `{no 0}`; undefined where nothing is known of it. */
export function structureText(value: Value, name: string): string | undefined {
  if (isList(value)) return `[${value.map((one) => structureText(one, `${name}[]`) ?? printValue(one)).join(" ")}]`;
  if (!isDot(value)) return undefined;
  const ofElements = elements[name];
  if (ofElements !== undefined) {
    return `map[${sortedEntries(value)
      .map(([key, one]) => `${key}:${elementText(one, ofElements)}`)
      .join(" ")}]`;
  }
  const members = structures[name];
  if (members === undefined || Object.keys(value).some((member) => !members.includes(member))) return undefined;
  return `{${members.map((member) => memberText(value[member], member)).join(" ")}}`;
}

function elementText(value: Value, members: readonly string[]): string {
  if (isList(value)) return `[${value.map((one) => elementText(one, members)).join(" ")}]`;
  if (!isDot(value)) return value === null ? "[]" : printValue(value);
  return `{${members.map((member) => memberText(value[member], member)).join(" ")}}`;
}

const maps = new Set(["AuxiliaryAddresses", "Config", "Data", "Options"]);

function memberText(value: Value, name: string): string {
  if (value !== undefined && value !== null) return structureText(value, name) ?? printValue(value);
  return maps.has(name) ? "map[]" : name === "Health" ? "<nil>" : "";
}
