/** Our environment as the caller had it: the launcher renames what Bun would read for itself. */
export function callerEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name.replace(/^TDOCK_(?=BUN_)/, ""), value]));
}
