import { constants } from "node:os";
import { TdockError } from "@tdock/errors/error";

const names = new Map<number, string>(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/**
 * The error of a failed system call: `operation` says what was wanted, e.g. `mount /a on /b`.
 * The code is that of `TdockError.from`; the reason is the errno's name, e.g. `EBUSY`.
 */
export function systemError(operation: string, errno: number, detail = ""): TdockError {
  const name = names.get(errno) ?? `errno ${errno}`;
  const message = `${operation}: ${detail === "" ? name : `${detail} (${name})`}`;
  const { code } = TdockError.from(Object.assign(new Error(message), { code: name }));
  return new TdockError(code, message, { reason: name });
}

/** The errno's name of a system error that Node or this project threw, e.g. `ENOENT`. */
export function errnoName(thrown: unknown): string | undefined {
  if (thrown instanceof TdockError) return thrown.reason;
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
