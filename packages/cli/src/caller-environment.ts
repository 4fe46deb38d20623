/**
 * Our environment as the caller had it. The launcher takes from Node what Node would read itself: `NODE_OPTIONS`
 * travels under another name, the place of the compile cache is nobody's business.
 */
export function callerEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  const { TDOCK_NODE_OPTIONS: options, NODE_COMPILE_CACHE: _, ...rest } = env;
  return options === undefined || options === "" ? rest : { ...rest, NODE_OPTIONS: options };
}
