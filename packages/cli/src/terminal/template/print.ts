import { generalFloat } from "./float.ts";
import { isDot, isList, isNumber, sortedEntries, type Value } from "./value.ts";

/** A value as Go's `fmt.Print` shows it inside a list or as an argument. */
export function printValue(value: Value): string {
  if (value === null || value === undefined) return "<nil>";
  if (isList(value)) return `[${value.map(printValue).join(" ")}]`;
  if (isDot(value)) {
    return `map[${sortedEntries(value)
      .map(([key, one]) => `${key}:${printValue(one)}`)
      .join(" ")}]`;
  }
  return typeof value === "number" && !Number.isInteger(value) ? generalFloat(value) : String(value);
}

/** Go's `fmt.Sprint`: a space between two arguments when neither is a string. */
export function sprint(values: readonly Value[]): string {
  return values
    .map((value, index) => {
      const previous = values[index - 1];
      const spaced = index > 0 && typeof value !== "string" && typeof previous !== "string";
      return (spaced ? " " : "") + printValue(value);
    })
    .join("");
}

/** Go's `fmt.Sprintln`: a space between all, a line break at the end. */
export function sprintln(values: readonly Value[]): string {
  return `${values.map(printValue).join(" ")}\n`;
}

/** Go's name for the type of a value, as error messages show it. */
export function typeName(value: Value): string {
  if (value === null || value === undefined) return "nil";
  if (isList(value)) return "[]interface {}";
  if (isDot(value)) return "map[string]interface {}";
  if (isNumber(value)) return Number.isInteger(Number(value)) ? "int" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}
