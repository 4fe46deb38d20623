/** Go's `%g`: the shortest digits that give the number back, or so many; an exponent below 1e-4 and from 1e6 (or `digits`) on. */
export function generalFloat(value: number, digits?: number): string {
  const scientific = digits === undefined ? value.toExponential() : value.toExponential(Math.max(digits, 1) - 1);
  const [mantissa = "", power = "0"] = scientific.split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  const tens = Number(power);
  if (tens < -4 || tens >= (digits ?? 6)) return longExponent(`${short}e${power}`);
  const kept = short.replace(/[-.]/g, "").length;
  return Number(`${short}e${power}`).toFixed(Math.max(kept - 1 - tens, 0));
}

/** Go writes at least two digits of exponent. */
export function longExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}
