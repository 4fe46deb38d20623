/** `os/arch/variant` in the form of the engine's query: JSON of an OCI platform. */
export function platformJson(text: string): string {
  const [os, architecture, variant] = text.split("/");
  return JSON.stringify({ os, architecture, variant });
}

/** The same for a flag that may be given several times, and name several platforms; undefined when it was not given. */
export function platformsJson(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values.flatMap((one) => one.split(",")).map(platformJson);
}
