import { TdockError } from "@tdock/errors/error";
import { typeName } from "./print.ts";
import { isNil, isNumber, type Value } from "./value.ts";

/** Go's `eq`: only values of one basic kind can be compared. Throws `invalid-argument`. */
export function equalValues(a: Value, b: Value): boolean {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  checkComparable(a, b);
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number of the same value only with ==
  return a == b;
}

/** Below zero, zero or above, as a sorts before, with or after b. Throws `invalid-argument`. */
export function compareValues(a: Value, b: Value): number {
  checkComparable(a, b);
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a !== "string" || typeof b !== "string") throw incomparable("invalid type for comparison");
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function checkComparable(a: Value, b: Value): void {
  for (const value of [a, b]) {
    if (typeof value === "object" || typeof value === "function") {
      throw incomparable(`non-comparable type ${typeName(value)}`);
    }
  }
  if (isNumber(a) !== isNumber(b) || (!isNumber(a) && typeof a !== typeof b)) {
    throw incomparable("incompatible types for comparison");
  }
}

function incomparable(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
