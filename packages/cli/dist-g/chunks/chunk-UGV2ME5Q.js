import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  array,
  custom,
  getDotPath,
  nullish,
  number,
  pipe,
  rawTransform,
  safeInteger,
  safeParse,
  string,
  transform,
  union
} from "./chunk-LD6ES5PW.js";

// packages/api/src/schema.ts
function optional(schema) {
  return nullish(schema);
}
var stringMap = pipe(
  custom(isMap, "a map of strings"),
  transform((map) => {
    const result = /* @__PURE__ */ Object.create(null);
    for (const key of Object.keys(map)) result[key] = map[key] ?? "";
    return result;
  })
);
function mapOf(schema) {
  return pipe(
    custom(isObject, "a map"),
    rawTransform(({ dataset, addIssue, NEVER }) => {
      const result = /* @__PURE__ */ Object.create(null);
      for (const [key, value] of Object.entries(dataset.value)) {
        const parsed = safeParse(schema, value);
        if (!parsed.success) {
          const [issue] = parsed.issues;
          const path = [key, getDotPath(issue)].filter((part) => part !== null).join(".");
          addIssue({ message: issue.message, expected: `${path}: ${issue.expected}`, received: issue.received });
          return NEVER;
        }
        result[key] = parsed.output;
      }
      return result;
    })
  );
}
var integer = pipe(number(), safeInteger());
var strings = array(string());
var stringOrStrings = union([
  strings,
  pipe(
    string(),
    transform((one) => [one])
  )
]);
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isMap(value) {
  return isObject(value) && Object.values(value).every((one) => typeof one === "string" || one === null);
}

export {
  optional,
  stringMap,
  mapOf,
  integer,
  strings,
  stringOrStrings
};
