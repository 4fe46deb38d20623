import * as v from "valibot";

/** A member that may be missing or null, as every field of Docker's Go structures may. */
export function optional<const S extends v.GenericSchema>(schema: S) {
  return v.nullish(schema);
}

/** A map of strings. The result has no prototype, so that `__proto__` and `constructor` are ordinary keys. */
export const stringMap = v.pipe(
  v.custom<Record<string, string | null>>(isMap, "a map of strings"),
  v.transform((map): Record<string, string> => {
    const result: Record<string, string> = Object.create(null);
    for (const key of Object.keys(map)) result[key] = map[key] ?? "";
    return result;
  }),
);

/** A map whose values follow one schema. The result has no prototype. */
export function mapOf<const S extends v.GenericSchema>(schema: S) {
  return v.pipe(
    v.custom<Record<string, unknown>>(isObject, "a map"),
    v.rawTransform(({ dataset, addIssue, NEVER }): Record<string, v.InferOutput<S>> => {
      const result: Record<string, v.InferOutput<S>> = Object.create(null);
      for (const [key, value] of Object.entries(dataset.value)) {
        const parsed = v.safeParse(schema, value);
        if (!parsed.success) {
          const [issue] = parsed.issues;
          const path = [key, v.getDotPath(issue)].filter((part) => part !== null).join(".");
          addIssue({ message: issue.message, expected: `${path}: ${issue.expected}`, received: issue.received });
          return NEVER;
        }
        result[key] = parsed.output;
      }
      return result;
    }),
  );
}

/** To be asked before `v.object`, for which a list is an object without members. */
export const noList = v.custom<object>(isObject, "wanted a map");

/** An object with these members and others. */
export function looseObject<const E extends v.ObjectEntries>(entries: E) {
  return v.pipe(noList, v.looseObject(entries));
}

/** A whole number that JavaScript holds exactly. */
export const integer = v.pipe(v.number(), v.safeInteger());

export const strings = v.array(v.string());
/** A list of strings; a single string stands for a list of one, as Docker's StrSlice. */
export const stringOrStrings = v.union([
  strings,
  v.pipe(
    v.string(),
    v.transform((one) => [one]),
  ),
]);

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMap(value: unknown): boolean {
  return isObject(value) && Object.values(value as object).every((one) => typeof one === "string" || one === null);
}
