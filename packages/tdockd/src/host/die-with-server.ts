/**
 * The same command, but ended by the kernel when this process ends, however that does: for one that writes files without
 * hearing from us. The next server would find it still writing into what it removes. `command` must exist.
 */
export function dieWithServer(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  return ["/usr/bin/setpriv", ["--pdeathsig=KILL", "--", command, ...args]];
}
