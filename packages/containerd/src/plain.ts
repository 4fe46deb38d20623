/** A protobuf message as a plain record: 64-bit integers as numbers, without the message's own marks. */
export type Plain<T> = T extends bigint
  ? number
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [Key in Exclude<keyof T, "$typeName" | "$unknown">]: Plain<T[Key]> }
      : T;

/** Makes a {@link Plain} copy. Integers over 2^53 become the nearest number. */
export function plain<T>(value: T): Plain<T>;
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("$"));
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}
