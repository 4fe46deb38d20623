import { invalid } from "./invalid.ts";
import { isIP } from "./ip.ts";
import { splitPair } from "./pairs.ts";

/** `--cpus 1.5` in billionths of a CPU. Throws `invalid-argument`. */
export function parseCpus(text: string): number {
  const cpus = Number(text);
  if (text.trim() === "" || !Number.isFinite(cpus)) throw invalid(`failed to parse ${text} as a rational number`);
  const nano = cpus * 1e9;
  if (Math.abs(nano - Math.round(nano)) > 1e-3) throw invalid("value is too precise");
  return Math.round(nano);
}

/** `--attach STDOUT`. Throws `invalid-argument`. */
export function parseAttach(text: string): "stdin" | "stdout" | "stderr" {
  const name = text.toLowerCase();
  if (name === "stdin" || name === "stdout" || name === "stderr") return name;
  throw invalid("valid streams are STDIN, STDOUT and STDERR");
}

/** `--dns`. Throws `invalid-argument`. */
export function parseDnsServer(text: string): string {
  if (isIP(text.trim()) === 0) throw invalid(`IP address is not correctly formatted: ${text}`);
  return text.trim();
}

/** `--dns-search`; a dot stands for "none". Throws `invalid-argument`. */
export function parseDnsSearch(text: string): string {
  const domain = text.trim();
  if (domain === ".") return domain;
  const part = /^[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?$/;
  const parts = domain.replace(/\.$/, "").split(".");
  if (/[a-zA-Z]/.test(domain) && domain.length <= 255 && parts.every((one) => part.test(one))) return domain;
  throw invalid(`${text} is not a valid domain`);
}

/** `--add-host name:address` or `name=address`, written with a colon. Throws `invalid-argument`. */
export function parseExtraHost(text: string): string {
  const [name, address] = splitPair(text, text.includes("=") ? "=" : ":");
  if (name === "" || address === undefined) throw invalid(`bad format for add-host: "${text}"`);
  const plain = address.replace(/^\[(.*)\]$/, "$1");
  if (plain !== "host-gateway" && isIP(plain) === 0) throw invalid(`invalid IP address in add-host: "${address}"`);
  return `${name}:${plain}`;
}

/** `--sysctl name=value`; only those that a namespace has of its own. Throws `invalid-argument`. */
export function parseSysctl(text: string): string {
  const [name, value] = splitPair(text);
  if (value === undefined || name === "") throw invalid(`sysctl '${text}' is not allowed`);
  const ipc = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced",
  ];
  if (ipc.includes(name) || name.startsWith("net.") || name.startsWith("fs.mqueue.")) return text;
  throw invalid(`sysctl '${text}' is not allowed`);
}

/** `--health-on-failure`. Throws `invalid-argument`. */
export function parseHealthAction(text: string): "none" | "kill" | "restart" | "stop" {
  if (text === "none" || text === "kill" || text === "restart" || text === "stop") return text;
  throw invalid(`must be one of "none", "kill", "restart" or "stop"`);
}

/** `--link name[:alias]`. Throws `invalid-argument`. */
export function parseLink(text: string): string {
  const parts = text.split(":");
  if (text === "") throw invalid("empty string specified for links");
  if (parts.length > 2) throw invalid(`bad format for links: ${text}`);
  return text;
}

/** `--storage-opt name=value`. Throws `invalid-argument`. */
export function parseStorageOption(text: string): string {
  if (splitPair(text)[1] === undefined) throw invalid("invalid storage option");
  return text;
}
