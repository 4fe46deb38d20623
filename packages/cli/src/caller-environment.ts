/** Our environment as the caller had it: the launcher renames what Bun would read for itself, and adds to it. */
export function callerEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  const { BUN_JSC_useJIT: _addedByLauncher, ...caller } = env;
  for (const name of renamed) {
    const value = caller[`TDOCK_${name}`];
    if (value === undefined) continue;
    caller[name] = value;
    delete caller[`TDOCK_${name}`];
  }
  return caller;
}

/** As bin/tdock lists them. */
const renamed = ["BUN_OPTIONS", "BUN_BE_BUN", "BUN_INSPECT", "BUN_CONFIG_VERBOSE_FETCH", "BUN_JSC_useJIT"];
