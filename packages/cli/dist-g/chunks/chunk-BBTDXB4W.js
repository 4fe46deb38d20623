import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  decodeJsonLines
} from "./chunk-5LN6FHN2.js";
import {
  imagePull
} from "./chunk-7SSBNG2S.js";
import {
  escapeControls
} from "./chunk-G5U4NNID.js";
import {
  parseReference,
  withDefaultTag
} from "./chunk-574XGQBR.js";
import {
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  readText
} from "./chunk-LD6ES5PW.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/credential-helper.ts
import { spawn } from "node:child_process";
async function runCredentialHelper(helper, action, input) {
  const program = `docker-credential-${helper}`;
  const { exitCode, output } = await runProgram(program, action, input);
  if (exitCode === 0) return action === "get" ? JSON.parse(output) : void 0;
  if (action !== "store" && /credentials not found|no credentials server URL/i.test(output)) return void 0;
  throw new TdockError(
    "internal",
    `error getting credentials - err: exit status ${exitCode}, out: \`${output.trim()}\``
  );
}
function runProgram(program, action, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [action], { stdio: ["pipe", "pipe", "inherit"] });
    const output = readText(child.stdout);
    child.once("error", (cause) => {
      const message = `error getting credentials - err: exec: "${program}": executable file not found in $PATH`;
      reject(new TdockError("not-found", message, { cause }));
    });
    child.once("close", (code) => output.then((text) => resolve({ exitCode: code ?? 1, output: text }), reject));
    child.stdin.on("error", () => {
    });
    child.stdin.end(input);
  });
}

// packages/cli/src/credentials.ts
var dockerHubKey = "https://index.docker.io/v1/";
function registryKey(domain) {
  return domain === "docker.io" || domain === "index.docker.io" || domain === "registry-1.docker.io" ? dockerHubKey : domain;
}
async function registryAuthFor(cli, image) {
  const reference = parseReference(image);
  if (reference === void 0) return void 0;
  const auth = await findCredentials(readConfigFile(cli), registryKey(reference.domain));
  return auth === void 0 ? void 0 : encodeRegistryAuth(auth);
}
function encodeRegistryAuth(auth) {
  const text = Buffer.from(JSON.stringify(auth)).toString("base64");
  return text.replaceAll("+", "-").replaceAll("/", "_");
}
async function allCredentials(config) {
  const keys = /* @__PURE__ */ new Set([...Object.keys(config.auths ?? {}), ...Object.keys(config.credHelpers ?? {})]);
  const found = {};
  for (const key of keys) {
    const auth = await findCredentials(config, key);
    if (auth !== void 0) found[key] = auth;
  }
  return found;
}
async function findCredentials(config, key) {
  const helper = helperFor(config, key);
  if (helper !== void 0) {
    const found = await runCredentialHelper(helper, "get", key);
    if (found !== void 0) return fromHelper(found, key);
    if (config.credHelpers?.[key] !== void 0) return void 0;
  }
  const stored = storedFor(config.auths ?? {}, key);
  return stored === void 0 ? void 0 : fromFile(stored, key);
}
function helperFor(config, key) {
  return config.credHelpers?.[key] ?? (config.credsStore || void 0);
}
function fromHelper({ Username, Secret }, key) {
  if (Username === "<token>") return { identitytoken: Secret, serveraddress: key };
  return { username: Username, password: Secret, serveraddress: key };
}
function storedFor(auths, key) {
  if (Object.hasOwn(auths, key)) return auths[key];
  const match = Object.keys(auths).find((one) => hostOf(one) === hostOf(key));
  return match === void 0 ? void 0 : auths[match];
}
function hostOf(key) {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}
function fromFile({ auth, identitytoken, registrytoken }, key) {
  if (identitytoken) return { identitytoken, serveraddress: key };
  if (registrytoken) return { registrytoken, serveraddress: key };
  if (!auth) return void 0;
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  if (colon === -1) return void 0;
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, ""), serveraddress: key };
}

// packages/cli/src/terminal/progress-bar.ts
function progressBar(progress, columns) {
  const { current = 0, total = 0, units = "" } = progress;
  if (current <= 0 && total <= 0) return "";
  if (total <= 0) return units === "" ? humanSize(current).padStart(8) : `${current} ${units}`;
  const halves = Math.min(50, Math.trunc(Math.trunc(current / total * 100) / 2));
  const bar = columns > 110 ? `[${"=".repeat(halves)}>${" ".repeat(50 - halves)}] ` : "";
  return bar + counts(progress) + timeLeft(progress, { halves, columns });
}
function counts({ current = 0, total = 0, units = "", hidecounts }) {
  if (hidecounts) return "";
  const isOver = current > total;
  if (units !== "") return isOver ? `${current} ${units}` : `${current}/${total} ${units}`;
  const shown = humanSize(current).padStart(8);
  return isOver ? shown : `${shown}/${humanSize(total)}`;
}
function timeLeft({ current = 0, total = 0, start = 0 }, { halves, columns }) {
  if (current <= 0 || start <= 0 || halves >= 50 || columns <= 50) return "";
  const passed = Date.now() / 1e3 - start;
  return ` ${Math.round(passed / current * (total - current))}s`;
}

// packages/cli/src/terminal/json-progress.ts
async function showProgress(printer, messages, onAux = () => {
}) {
  const lines = new ProgressLines(printer);
  for await (const message of messages) {
    if (message.errorDetail !== void 0 || message.error !== void 0) throw streamError(message);
    if (message.aux !== void 0) onAux(message.aux);
    else lines.show(message);
  }
}
function streamError({ errorDetail, error }) {
  const reason = errorDetail?.reason;
  return new TdockError("internal", errorDetail?.message ?? error ?? "", reason === void 0 ? {} : { reason });
}
var ProgressLines = class {
  #printer;
  #lines = /* @__PURE__ */ new Map();
  constructor(printer) {
    this.#printer = printer;
  }
  show(message) {
    if (!this.#printer.isTerminal) this.#showPlain(message);
    else if (message.id !== void 0 && message.progressDetail !== void 0) this.#redraw(message.id, message);
    else this.#append(message);
  }
  #showPlain({ id, status, stream, progressDetail }) {
    if (progressDetail !== void 0 && progressBar(progressDetail, 200) !== "") return;
    this.#printer.print(stream ?? `${prefix(id)}${status ?? ""}
`);
  }
  /** Lines that stand for themselves; what was drawn before is no longer touched. */
  #append({ id, status, stream }) {
    this.#lines.clear();
    this.#printer.printRaw(stream === void 0 ? `${escapeControls(`${prefix(id)}${status ?? ""}`)}
` : stream);
  }
  #redraw(id, { status = "", progressDetail = {} }) {
    const known = this.#lines.get(id);
    const line = known ?? this.#lines.size;
    if (known === void 0) this.#lines.set(id, line);
    const up = this.#lines.size - line;
    const bar = progressBar(progressDetail, this.#printer.columns ?? 80);
    const text = escapeControls(`${prefix(id)}${status}${bar === "" ? "" : ` ${bar}`}`);
    const start = known === void 0 ? "\n" : "";
    this.#printer.printRaw(`${start}\x1B[${up}A\x1B[2K\r${text}\r\x1B[${up}B`);
  }
};
function prefix(id) {
  return id === void 0 || id === "" ? "" : `${id}: `;
}

// packages/cli/src/commands/pull-image.ts
async function pullImage(cli, { image, platform, quiet, allTags, printer = cli.err }) {
  const { name, tag } = splitForPull(image);
  const stream = await openStream(cli.client, imagePull, {
    fromImage: name,
    tag: allTags ? void 0 : tag,
    platform,
    registryAuth: await registryAuthFor(cli, image)
  });
  const messages = decodeJsonLines(stream);
  await showProgress(quiet ? silent(printer) : printer, messages);
}
function splitForPull(image) {
  const reference = parseReference(image);
  if (reference === void 0) return { name: image, tag: void 0 };
  const { tag, digest } = withDefaultTag(reference);
  const suffix = digest === void 0 ? reference.tag === void 0 ? "" : `:${reference.tag}` : image.slice(image.indexOf("@"));
  const name = image.slice(0, image.length - suffix.length);
  return { name, tag: digest ?? tag };
}
function silent(printer) {
  return { ...printer, isTerminal: false, columns: void 0, print: () => {
  }, printRaw: () => {
  } };
}

export {
  allCredentials,
  pullImage
};
