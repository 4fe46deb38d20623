import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { TdockError } from "@tdock/errors/error";
import type { OutputKeeper } from "./keeper.ts";
import { LineSplitter } from "./line-splitter.ts";
import { type CallName, encodeError, type Question } from "./protocol.ts";

/** Answers tdockd at a Unix socket (0600). Resolves when it listens; a stale socket of a dead keeper is replaced. */
export function listen(keeper: OutputKeeper, socketPath: string): Promise<Server> {
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => serve(keeper, socket));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const mask = process.umask(0o177);
    server.listen(socketPath, () => resolve(server));
    process.umask(mask);
  });
}

function serve(keeper: OutputKeeper, socket: Socket): void {
  const lines = new LineSplitter((line) => void answer(keeper, socket, line).catch(() => socket.destroy()));
  socket.on("error", () => undefined);
  socket.on("data", (bytes: Buffer) => lines.push(bytes));
}

/** What a call gives: its result, or a function that turns the connection into a stream after the answer. */
type Outcome = { readonly result: unknown } | { readonly stream: (socket: Socket) => void };

async function answer(keeper: OutputKeeper, socket: Socket, line: string): Promise<void> {
  const { number, call, argument } = JSON.parse(line) as Question;
  try {
    const outcome = await carryOut(keeper, call, argument);
    socket.write(`${JSON.stringify({ number, result: "result" in outcome ? outcome.result : null })}\n`);
    if ("stream" in outcome) outcome.stream(socket);
  } catch (error) {
    socket.write(`${JSON.stringify({ number, error: encodeError(error) })}\n`);
  }
}

async function carryOut(keeper: OutputKeeper, call: CallName, argument: unknown): Promise<Outcome> {
  if (!Object.hasOwn(calls, call)) throw new TdockError("invalid-argument", `tdock-keeper knows no call ${call}`);
  return calls[call](keeper, argument as never);
}

const calls: Readonly<Record<CallName, (keeper: OutputKeeper, argument: never) => Outcome | Promise<Outcome>>> = {
  open: async (keeper, argument) => ({ result: await keeper.open(argument) }),
  started: (keeper, argument) => ({ result: keeper.started(argument) }),
  forget: async (keeper, argument) => ({ result: await keeper.forget(argument) }),
  remove: (keeper, argument) => ({ result: keeper.remove(argument) }),
  list: (keeper) => ({ result: keeper.list() }),
  attach: (keeper, argument) => ({ stream: keeper.attach(argument) }),
  logs: (keeper, argument) => ({ stream: keeper.logs(argument) }),
};
