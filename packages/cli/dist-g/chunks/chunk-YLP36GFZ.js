import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  splitPair
} from "./chunk-NLNHA66E.js";
import {
  invalid
} from "./chunk-GVOX5WRT.js";
import {
  parseInteger
} from "./chunk-BK7RGC7S.js";

// packages/cli/src/flags/network.ts
import { isIP, isIPv4, isIPv6 } from "node:net";

// packages/cli/src/flags/csv.ts
var field = /("(?:[^"]|"")*"|[^,"]*)(,|$)/y;
function parseCsvLine(line) {
  const fields2 = [];
  let at = 0;
  while (true) {
    field.lastIndex = at;
    const match = field.exec(line);
    if (match === null) {
      const open = line[at] === '"';
      const message = open ? 'extraneous or missing " in quoted-field' : 'bare " in non-quoted-field';
      throw invalid(`parse error on line 1, column ${at + 1}: ${message}`);
    }
    const [all, text = "", end] = match;
    fields2.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    at += all.length;
    if (end === "") return fields2;
  }
}

// packages/cli/src/flags/network.ts
function parseNetwork(text) {
  if (!/\w+=\w+/.test(text)) return { target: text, aliases: [] };
  const attachment = parseCsvLine(text).reduce(addField, { target: "", aliases: [] });
  if (attachment.target === "") throw invalid("network name/id is not specified");
  return attachment;
}
function addField(before, field2) {
  const [name, value] = splitPair(field2.toLowerCase());
  if (value === void 0 || name === "") throw invalid(`invalid field ${field2}`);
  const read = fields[name.trim()];
  if (read === void 0) throw invalid(`invalid field key ${name.trim()}`);
  return { ...before, ...read(value.trim(), before) };
}
var fields = Object.assign(/* @__PURE__ */ Object.create(null), {
  name: (value) => ({ target: value }),
  alias: (value, { aliases }) => ({ aliases: [...aliases, value] }),
  ip: (value) => ({ ipv4: parseIp(value) }),
  ip6: (value) => ({ ipv6: parseIp(value) }),
  "mac-address": (value) => ({ macAddress: parseMac(value) }),
  "link-local-ip": (value, { linkLocalIps = [] }) => ({ linkLocalIps: [...linkLocalIps, parseIp(value)] }),
  "driver-opt": (value, { driverOpts }) => ({ driverOpts: { ...driverOpts, ...parseDriverOpt(value) } }),
  "gw-priority": (value) => ({ gatewayPriority: parsePriority(value) })
});
function parseIp(text) {
  if (isIP(text) === 0) throw invalid(`ParseAddr("${text}"): unable to parse IP`);
  return text;
}
function parseIpv4(text) {
  if (!isIPv4(text.trim())) throw invalid(`failed to parse IP: "${text}"`);
  return text.trim();
}
function parseIpv6(text) {
  if (!isIPv6(text.trim())) throw invalid(`failed to parse IP: "${text}"`);
  return text.trim();
}
function parseMac(text) {
  const trimmed = text.trim();
  if (!/^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i.test(trimmed))
    throw invalid(`${text} is not a valid mac address`);
  return trimmed.replaceAll("-", ":").toLowerCase();
}
function parseDriverOpt(text) {
  const [name, value] = splitPair(text);
  if (value === void 0 || name === "") throw invalid("invalid key value pair format in driver options");
  return { [name.trim()]: value.trim() };
}
function parsePriority(text) {
  try {
    return parseInteger(text);
  } catch (cause) {
    throw invalid(`invalid gw-priority (${text}): invalid syntax`, cause);
  }
}

export {
  parseCsvLine,
  parseNetwork,
  parseIp,
  parseIpv4,
  parseIpv6,
  parseMac
};
