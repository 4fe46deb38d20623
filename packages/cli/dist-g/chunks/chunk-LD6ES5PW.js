import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError,
  isError
} from "./chunk-Z77EZBYY.js";
import {
  addressOf,
  compareVersions,
  minApiVersion
} from "./chunk-UIKEASUR.js";

// packages/cli/src/client/read-text.ts
function readText(stream) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.once("end", () => resolve(Buffer.concat(chunks).toString()));
    stream.once("error", reject);
    stream.once("aborted", () => reject(new Error("the daemon closed the connection in the middle of a reply")));
  });
}

// node_modules/.pnpm/valibot@1.5.0_typescript@7.0.2/node_modules/valibot/dist/index.mjs
var store$4;
var DEFAULT_CONFIG = {
  lang: void 0,
  message: void 0,
  abortEarly: void 0,
  abortPipeEarly: void 0
};
// @__NO_SIDE_EFFECTS__
function getGlobalConfig(config$1) {
  if (!config$1 && !store$4) return DEFAULT_CONFIG;
  return {
    lang: config$1?.lang ?? store$4?.lang,
    message: config$1?.message,
    abortEarly: config$1?.abortEarly ?? store$4?.abortEarly,
    abortPipeEarly: config$1?.abortPipeEarly ?? store$4?.abortPipeEarly
  };
}
var store$3;
// @__NO_SIDE_EFFECTS__
function getGlobalMessage(lang) {
  return store$3?.get(lang);
}
var store$2;
// @__NO_SIDE_EFFECTS__
function getSchemaMessage(lang) {
  return store$2?.get(lang);
}
var store$1;
// @__NO_SIDE_EFFECTS__
function getSpecificMessage(reference, lang) {
  return store$1?.get(reference)?.get(lang);
}
// @__NO_SIDE_EFFECTS__
function _stringify(input) {
  const type = typeof input;
  if (type === "string") return `"${input}"`;
  if (type === "number" || type === "bigint" || type === "boolean") return `${input}`;
  if (type === "object" || type === "function") return (input && Object.getPrototypeOf(input)?.constructor?.name) ?? "null";
  return type;
}
function _addIssue(context, label, dataset, config$1, other) {
  const input = other && "input" in other ? other.input : dataset.value;
  const expected = other?.expected ?? context.expects ?? null;
  const received = other?.received ?? /* @__PURE__ */ _stringify(input);
  const issue = {
    kind: context.kind,
    type: context.type,
    input,
    expected,
    received,
    message: `Invalid ${label}: ${expected ? `Expected ${expected} but r` : "R"}eceived ${received}`,
    requirement: context.requirement,
    path: other?.path,
    issues: other?.issues,
    lang: config$1.lang,
    abortEarly: config$1.abortEarly,
    abortPipeEarly: config$1.abortPipeEarly
  };
  const isSchema = context.kind === "schema";
  const message$1 = other?.message ?? context.message ?? /* @__PURE__ */ getSpecificMessage(context.reference, issue.lang) ?? (isSchema ? /* @__PURE__ */ getSchemaMessage(issue.lang) : null) ?? config$1.message ?? /* @__PURE__ */ getGlobalMessage(issue.lang);
  if (message$1 !== void 0) issue.message = typeof message$1 === "function" ? message$1(issue) : message$1;
  if (isSchema) dataset.typed = false;
  if (dataset.issues) dataset.issues.push(issue);
  else dataset.issues = [issue];
}
// @__NO_SIDE_EFFECTS__
function _isValidObjectKey(object$1, key) {
  return Object.prototype.hasOwnProperty.call(object$1, key) && key !== "__proto__" && key !== "prototype" && key !== "constructor";
}
// @__NO_SIDE_EFFECTS__
function _joinExpects(values$1, separator) {
  const list = [...new Set(values$1)];
  if (list.length > 1) return `(${list.join(` ${separator} `)})`;
  return list[0] ?? "never";
}
function _standardSchema(schema) {
  schema["~standard"] = {
    version: 1,
    vendor: "valibot",
    validate: (value$1) => schema["~run"]({ value: value$1 }, /* @__PURE__ */ getGlobalConfig())
  };
  return schema;
}
// @__NO_SIDE_EFFECTS__
function getDotPath(issue) {
  if (issue.path) {
    let key = "";
    for (const item of issue.path) if (typeof item.key === "string" || typeof item.key === "number") if (key) key += `.${item.key}`;
    else key += item.key;
    else return null;
    return key;
  }
  return null;
}
var EMOJI_REGEX = new RegExp("^(?:[\\u{1F1E6}-\\u{1F1FF}]{2}|\\u{1F3F4}[\\u{E0061}-\\u{E007A}]{2}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{1,3}\\u{E007F}|(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation})(?:\\u200D(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation}))*)+$", "u");
// @__NO_SIDE_EFFECTS__
function rawTransform(action) {
  return {
    kind: "transformation",
    type: "raw_transform",
    reference: rawTransform,
    async: false,
    "~run"(dataset, config$1) {
      const output = action({
        dataset,
        config: config$1,
        addIssue: (info) => _addIssue(this, info?.label ?? "input", dataset, config$1, info),
        NEVER: null
      });
      if (dataset.issues) dataset.typed = false;
      else dataset.value = output;
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function safeInteger(message$1) {
  return {
    kind: "validation",
    type: "safe_integer",
    reference: safeInteger,
    async: false,
    expects: null,
    requirement: Number.isSafeInteger,
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "safe integer", dataset, config$1);
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function transform(operation) {
  return {
    kind: "transformation",
    type: "transform",
    reference: transform,
    async: false,
    operation,
    "~run"(dataset) {
      dataset.value = this.operation(dataset.value);
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function getFallback(schema, dataset, config$1) {
  return typeof schema.fallback === "function" ? schema.fallback(dataset, config$1) : schema.fallback;
}
// @__NO_SIDE_EFFECTS__
function getDefault(schema, dataset, config$1) {
  return typeof schema.default === "function" ? schema.default(dataset, config$1) : schema.default;
}
// @__NO_SIDE_EFFECTS__
function array(item, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "array",
    reference: array,
    expects: "Array",
    async: false,
    item,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (Array.isArray(input)) {
        dataset.typed = true;
        dataset.value = [];
        for (let key = 0; key < input.length; key++) {
          const value$1 = input[key];
          const itemDataset = this.item["~run"]({ value: value$1 }, config$1);
          if (itemDataset.issues) {
            const pathItem = {
              type: "array",
              origin: "value",
              input,
              key,
              value: value$1
            };
            for (const issue of itemDataset.issues) {
              if (issue.path) issue.path.unshift(pathItem);
              else issue.path = [pathItem];
              dataset.issues?.push(issue);
            }
            if (!dataset.issues) dataset.issues = itemDataset.issues;
            if (config$1.abortEarly) {
              dataset.typed = false;
              break;
            }
          }
          if (!itemDataset.typed) dataset.typed = false;
          dataset.value.push(itemDataset.value);
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function boolean(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "boolean",
    reference: boolean,
    expects: "boolean",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "boolean") dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function custom(check$1, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "custom",
    reference: custom,
    expects: "unknown",
    async: false,
    check: check$1,
    message: message$1,
    "~run"(dataset, config$1) {
      if (this.check(dataset.value)) dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function looseObject(entries$1, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "loose_object",
    reference: looseObject,
    expects: "Object",
    async: false,
    entries: entries$1,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (input && typeof input === "object") {
        dataset.typed = true;
        dataset.value = {};
        for (const key in this.entries) {
          const valueSchema = this.entries[key];
          if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
            const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
            const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
            if (valueDataset.issues) {
              const pathItem = {
                type: "object",
                origin: "value",
                input,
                key,
                value: value$1
              };
              for (const issue of valueDataset.issues) {
                if (issue.path) issue.path.unshift(pathItem);
                else issue.path = [pathItem];
                dataset.issues?.push(issue);
              }
              if (!dataset.issues) dataset.issues = valueDataset.issues;
              if (config$1.abortEarly) {
                dataset.typed = false;
                break;
              }
            }
            if (!valueDataset.typed) dataset.typed = false;
            dataset.value[key] = valueDataset.value;
          } else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
          else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
            _addIssue(this, "key", dataset, config$1, {
              input: void 0,
              expected: `"${key}"`,
              path: [{
                type: "object",
                origin: "key",
                input,
                key,
                value: input[key]
              }]
            });
            if (config$1.abortEarly) break;
          }
        }
        if (!dataset.issues || !config$1.abortEarly) {
          for (const key in input) if (/* @__PURE__ */ _isValidObjectKey(input, key) && !Object.prototype.hasOwnProperty.call(this.entries, key)) dataset.value[key] = input[key];
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function nullish(wrapped, default_) {
  return _standardSchema({
    kind: "schema",
    type: "nullish",
    reference: nullish,
    expects: `(${wrapped.expects} | null | undefined)`,
    async: false,
    wrapped,
    default: default_,
    "~run"(dataset, config$1) {
      if (dataset.value === null || dataset.value === void 0) {
        if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
        if (dataset.value === null || dataset.value === void 0) {
          dataset.typed = true;
          return dataset;
        }
      }
      return this.wrapped["~run"](dataset, config$1);
    }
  });
}
// @__NO_SIDE_EFFECTS__
function number(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "number",
    reference: number,
    expects: "number",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "number" && !isNaN(dataset.value)) dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function picklist(options, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "picklist",
    reference: picklist,
    expects: /* @__PURE__ */ _joinExpects(options.map(_stringify), "|"),
    async: false,
    options,
    message: message$1,
    "~run"(dataset, config$1) {
      if (this.options.includes(dataset.value)) dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function string(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "string",
    reference: string,
    expects: "string",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "string") dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function _subIssues(datasets) {
  let issues;
  if (datasets) for (const dataset of datasets) if (issues) for (const issue of dataset.issues) issues.push(issue);
  else issues = dataset.issues;
  return issues;
}
// @__NO_SIDE_EFFECTS__
function union(options, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "union",
    reference: union,
    expects: /* @__PURE__ */ _joinExpects(options.map((option) => option.expects), "|"),
    async: false,
    options,
    message: message$1,
    "~run"(dataset, config$1) {
      let validDataset;
      let typedDatasets;
      let untypedDatasets;
      for (const schema of this.options) {
        const optionDataset = schema["~run"]({ value: dataset.value }, config$1);
        if (optionDataset.typed) if (optionDataset.issues) if (typedDatasets) typedDatasets.push(optionDataset);
        else typedDatasets = [optionDataset];
        else {
          validDataset = optionDataset;
          break;
        }
        else if (untypedDatasets) untypedDatasets.push(optionDataset);
        else untypedDatasets = [optionDataset];
      }
      if (validDataset) return validDataset;
      if (typedDatasets) {
        if (typedDatasets.length === 1) return typedDatasets[0];
        _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(typedDatasets) });
        dataset.typed = true;
      } else if (untypedDatasets?.length === 1) return untypedDatasets[0];
      else _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(untypedDatasets) });
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function unknown() {
  return _standardSchema({
    kind: "schema",
    type: "unknown",
    reference: unknown,
    expects: "unknown",
    async: false,
    "~run"(dataset) {
      dataset.typed = true;
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function pipe(...pipe$1) {
  return _standardSchema({
    ...pipe$1[0],
    pipe: pipe$1,
    "~run"(dataset, config$1) {
      for (const item of pipe$1) if (item.kind !== "metadata") {
        if (dataset.issues && (item.kind === "schema" || item.kind === "transformation")) {
          dataset.typed = false;
          break;
        }
        if (!dataset.issues || !config$1.abortEarly && !config$1.abortPipeEarly) dataset = item["~run"](dataset, config$1);
      }
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function safeParse(schema, input, config$1) {
  const dataset = schema["~run"]({ value: input }, /* @__PURE__ */ getGlobalConfig(config$1));
  return {
    typed: dataset.typed,
    success: !dataset.issues,
    output: dataset.value,
    issues: dataset.issues
  };
}

// packages/api/src/endpoint.ts
function reply() {
  return {};
}
function endpoint(shape) {
  return shape;
}

// packages/api/src/filters.ts
function parseFilters(json2) {
  let parsed;
  try {
    parsed = JSON.parse(json2);
  } catch (cause) {
    throw new TdockError("invalid-argument", "invalid filter", { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw invalid();
  const result = /* @__PURE__ */ Object.create(null);
  for (const [name, values] of Object.entries(parsed)) result[name] = valuesOf(values);
  return result;
}
function valuesOf(values) {
  if (Array.isArray(values)) return values.map(textOf);
  if (typeof values === "object" && values !== null) {
    return Object.entries(values).flatMap(([value, on]) => on === true ? [value] : []);
  }
  throw invalid();
}
function textOf(value) {
  if (typeof value !== "string") throw invalid();
  return value;
}
function invalid() {
  return new TdockError("invalid-argument", "invalid filter");
}

// packages/api/src/query.ts
var falseWords = /* @__PURE__ */ new Set(["", "0", "no", "false", "none"]);
var bool = {
  decode: ([value]) => value === void 0 ? void 0 : !falseWords.has(value.trim().toLowerCase()),
  encode: (value) => [value ? "1" : "0"]
};
var text = {
  decode: ([value]) => value,
  encode: (value) => [value]
};
var texts = {
  decode: (values) => values.length === 0 ? void 0 : values,
  encode: (values) => values
};
var int = {
  decode([value], name) {
    if (value === void 0 || value === "") return void 0;
    const number2 = Number(value);
    if (/^[+-]?\d{1,16}$/.test(value) && Number.isSafeInteger(number2)) return number2;
    throw new TdockError("invalid-argument", `query parameter ${name}: wanted a whole number, got ${quote(value)}`);
  },
  encode: (value) => [String(value)]
};
var filters = {
  decode: ([value]) => value === void 0 || value === "" ? void 0 : parseFilters(value),
  encode: (value) => [JSON.stringify(value)]
};
var json = {
  decode([value], name) {
    if (value === void 0 || value === "") return void 0;
    try {
      return JSON.parse(value);
    } catch (cause) {
      throw new TdockError("invalid-argument", `query parameter ${name}: not JSON: ${quote(value)}`, { cause });
    }
  },
  encode: (value) => [JSON.stringify(value)]
};
function quote(value) {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}\u2026` : value);
}

// packages/api/src/request.ts
function encodeRequest(endpoint2, input) {
  const values = input;
  const query = encodeQuery(endpoint2.query ?? {}, values);
  const headers = {};
  for (const [member, header] of Object.entries(endpoint2.headers ?? {})) {
    const value = values[member];
    if (typeof value === "string") headers[header] = value;
  }
  if (endpoint2.body !== void 0) headers["content-type"] = "application/json";
  return {
    method: endpoint2.method,
    target: encodePath(endpoint2.path, values) + (query === "" ? "" : `?${query}`),
    headers,
    body: endpoint2.bodyStream ? values.body : encodeBody(endpoint2, values.body)
  };
}
function encodePath(path, values) {
  return path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(String(values[name]))).replace(/\*(\w+)/g, (_, name) => String(values[name]).split("/").map(encodeURIComponent).join("/"));
}
function encodeQuery(codecs, values) {
  const query = new URLSearchParams();
  for (const [name, codec] of Object.entries(codecs)) {
    const value = values[name];
    if (value !== void 0) for (const text2 of codec.encode(value)) query.append(name, text2);
  }
  return query.toString();
}
function encodeBody(endpoint2, body) {
  return endpoint2.body === void 0 || body === void 0 ? void 0 : JSON.stringify(body);
}

// packages/errors/src/http.ts
var httpStatus = {
  "invalid-argument": 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "not-modified": 304,
  canceled: 499,
  unavailable: 503,
  "not-implemented": 501,
  internal: 500
};
var codes = new Map(
  Object.entries(httpStatus).map(([code, status]) => [status, code])
);
function codeFromHttpStatus(status) {
  return codes.get(status) ?? (status >= 400 && status < 500 ? "invalid-argument" : "internal");
}

// packages/cli/src/client/reply-error.ts
async function replyError(message) {
  const text2 = await readText(message);
  const { message: said, reason } = parseError(text2);
  const fallback = `${message.statusCode} ${message.statusMessage ?? ""}`.trim();
  return new TdockError(
    codeFromHttpStatus(message.statusCode ?? 500),
    `Error response from daemon: ${said || fallback}`,
    reason === void 0 ? {} : { reason }
  );
}
function parseError(text2) {
  try {
    const { message, reason } = JSON.parse(text2);
    return { message: String(message ?? ""), ...typeof reason === "string" && { reason } };
  } catch {
    return { message: text2.trim() };
  }
}
function connectError(host, error) {
  switch (error.code) {
    case "ENOENT":
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
      return new TdockError("unavailable", `Cannot connect to the tdock daemon at ${host.url}. Is tdockd running?`, {
        cause: error,
        reason: "no-engine"
      });
    case "EACCES":
    case "EPERM":
      return new TdockError(
        "forbidden",
        `permission denied while trying to connect to the tdock daemon socket at ${host.url}`,
        { cause: error, reason: "no-engine" }
      );
    case "ECONNRESET":
    case "EPIPE":
      return new TdockError("unavailable", `error during connect: the daemon at ${host.url} closed the connection`, {
        cause: error
      });
    default:
      return TdockError.from(error);
  }
}
function isNoEngine(thrown) {
  return isError(thrown, "unavailable", "no-engine") || isError(thrown, "forbidden", "no-engine");
}

// packages/cli/src/client/send.ts
import { request as httpRequest } from "node:http";
async function send(client, wire, options = {}) {
  const asked = client.apiVersion;
  const reply2 = await sendOnce(client, wire, options);
  const { statusCode = 0, headers } = reply2.message;
  if (statusCode === 101 || statusCode >= 200 && statusCode < 400) return reply2;
  const offered = headers["api-version"];
  const isTooNew = statusCode === 400 && typeof offered === "string" && compareVersions(offered, asked) < 0;
  if (isTooNew && !client.isPinned && compareVersions(offered, minApiVersion) >= 0 && typeof wire.body !== "object") {
    reply2.message.resume();
    client.apiVersion = offered;
    return send(client, wire, options);
  }
  throw await replyError(reply2.message);
}
function sendOnce(client, wire, { signal, upgrade }) {
  return new Promise((resolve, reject) => {
    const address = addressOf(client);
    const request = httpRequest({
      ...address,
      ...signal !== void 0 && { signal },
      method: wire.method,
      path: `/v${client.apiVersion}${wire.target}`,
      headers: { ...address.headers, ...wire.headers, ...upgrade && { connection: "Upgrade", upgrade: "tcp" } }
    });
    request.once("response", (message) => resolve({ message }));
    request.once("upgrade", (message, socket, head) => resolve({ message, socket, head }));
    request.once("error", (error) => reject(connectError(client.host, error)));
    writeBody(request, wire.body, reject);
  });
}
function writeBody(request, body, reject) {
  if (typeof body !== "object") {
    request.setHeader("content-length", body === void 0 ? 0 : Buffer.byteLength(body));
    request.end(body);
    return;
  }
  writeChunks(request, body).catch((error) => {
    request.destroy();
    reject(error);
  });
}
async function writeChunks(request, body) {
  for await (const chunk of body) {
    if (request.destroyed) return;
    if (!request.write(chunk)) await drained(request);
  }
  request.end();
}
function drained(request) {
  return new Promise((resolve) => {
    const done = () => {
      request.off("drain", done).off("close", done);
      resolve();
    };
    request.once("drain", done).once("close", done);
  });
}

export {
  getDotPath,
  rawTransform,
  safeInteger,
  transform,
  array,
  boolean,
  custom,
  looseObject,
  nullish,
  number,
  picklist,
  string,
  union,
  unknown,
  pipe,
  safeParse,
  reply,
  endpoint,
  bool,
  text,
  texts,
  int,
  filters,
  json,
  encodeRequest,
  readText,
  isNoEngine,
  send
};
