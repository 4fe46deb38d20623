/** Adds those of `defaults` that `given` does not name; `given` holds `NAME=value` or a name alone. */
export function withDefaultVariables(given: readonly string[], defaults: Readonly<Record<string, string>>): string[] {
  const named = new Set(given.map((pair) => pair.split("=", 1)[0]));
  const added = Object.entries(defaults).filter(([name]) => !named.has(name));
  return [...given, ...added.map(([name, value]) => `${name}=${value}`)];
}
