import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  splitPair
} from "./chunk-NLNHA66E.js";
import {
  invalid
} from "./chunk-GVOX5WRT.js";

// packages/cli/src/flags/values.ts
import { isIP } from "node:net";
function parseCpus(text) {
  const cpus = Number(text);
  if (text.trim() === "" || !Number.isFinite(cpus)) throw invalid(`failed to parse ${text} as a rational number`);
  const nano = cpus * 1e9;
  if (Math.abs(nano - Math.round(nano)) > 1e-3) throw invalid("value is too precise");
  return Math.round(nano);
}
function parseAttach(text) {
  const name = text.toLowerCase();
  if (name === "stdin" || name === "stdout" || name === "stderr") return name;
  throw invalid("valid streams are STDIN, STDOUT and STDERR");
}
function parseDnsServer(text) {
  if (isIP(text.trim()) === 0) throw invalid(`IP address is not correctly formatted: ${text}`);
  return text.trim();
}
function parseDnsSearch(text) {
  const domain = text.trim();
  if (domain === ".") return domain;
  const part = /^[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?$/;
  const parts = domain.replace(/\.$/, "").split(".");
  if (/[a-zA-Z]/.test(domain) && domain.length <= 255 && parts.every((one) => part.test(one))) return domain;
  throw invalid(`${text} is not a valid domain`);
}
function parseExtraHost(text) {
  const [name, address] = splitPair(text, text.includes("=") ? "=" : ":");
  if (name === "" || address === void 0) throw invalid(`bad format for add-host: "${text}"`);
  const plain = address.replace(/^\[(.*)\]$/, "$1");
  if (plain !== "host-gateway" && isIP(plain) === 0) throw invalid(`invalid IP address in add-host: "${address}"`);
  return `${name}:${plain}`;
}
function parseSysctl(text) {
  const [name, value] = splitPair(text);
  if (value === void 0 || name === "") throw invalid(`invalid sysctl '${text}': expected name=value`);
  const ipc = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
    "kernel.shm_rmid_forced"
  ];
  if (ipc.includes(name) || name.startsWith("net.") || name.startsWith("fs.mqueue.")) return text;
  throw invalid(`sysctl '${text}' is not allowed`);
}
function parseLink(text) {
  const parts = text.split(":");
  if (text === "") throw invalid("empty string specified for links");
  if (parts.length > 2) throw invalid(`bad format for links: ${text}`);
  return text;
}
function parseStorageOption(text) {
  if (splitPair(text)[1] === void 0) throw invalid("invalid storage option");
  return text;
}

export {
  parseCpus,
  parseAttach,
  parseDnsServer,
  parseDnsSearch,
  parseExtraHost,
  parseSysctl,
  parseLink,
  parseStorageOption
};
