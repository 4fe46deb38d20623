import { TdockError } from "@tdock/errors/error";

/** A port of EXPOSE as recorded, with what a lint rule wants to know about it. */
export interface ExposedPorts {
  readonly ports: readonly string[];
  /** `ip:` or `host:` stood in front. */
  readonly mapped: boolean;
  readonly protocol: string;
}

/**
 * Reads one EXPOSE argument (`80`, `80/udp`, `8000-8010`) into `80/tcp`…
 * Throws `invalid-argument` without a place. Follows BuildKit's dockerfile2llb/convert_expose.go.
 */
export function parseExposedPorts(text: string): ExposedPorts {
  const at = text.lastIndexOf(":");
  const [numbers = "", protocol = "tcp"] = text.slice(at + 1).split("/", 2);
  const proto = protocol || "tcp";
  if (!["tcp", "udp", "sctp"].includes(proto.toLowerCase())) throw invalid(text, `invalid proto: ${proto}`);
  const [first = "", last = first] = numbers.split("-", 2);
  const [start, end] = [portNumber(text, first), portNumber(text, last)];
  if (end < start) throw invalid(text, `invalid port range: ${numbers}`);
  const ports = Array.from({ length: end - start + 1 }, (_, index) => `${start + index}/${proto.toLowerCase()}`);
  return { ports, mapped: at !== -1, protocol: proto };
}

function portNumber(text: string, digits: string): number {
  if (digits === "") throw invalid(text, "no port specified");
  if (!/^\d+$/.test(digits) || Number(digits) > 65535) throw invalid(text, `invalid containerPort: ${digits}`);
  return Number(digits);
}

function invalid(text: string, problem: string): TdockError {
  return new TdockError("invalid-argument", `invalid port "${text}": ${problem}`);
}
