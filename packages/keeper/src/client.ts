import type { SocketAddress } from "./connect-patiently.ts";
import { ControlConnection } from "./control-connection.ts";
import { HeldFifos } from "./held-fifos.ts";
import { openStream } from "./open-stream.ts";
import type { OutputStream } from "./output-stream.ts";
import type {
  AttachRequest,
  ForgetRequest,
  HeldRecord,
  LogsRequest,
  OpenRequest,
  OutputKey,
  RemoveRequest,
} from "./protocol.ts";

/** What tdockd asks of its keeper. Every call throws `unavailable` when no keeper answers for `patienceMs`. */
export interface Keeper extends AsyncDisposable {
  /**
   * Makes the FIFOs and opens them for reading; when it resolves, Tasks.Create (or Exec) may be called.
   * Safe to repeat. Throws `conflict` when the key is held with other paths, `invalid-argument` for log options.
   */
  open(request: OpenRequest): Promise<void>;
  /** Call after Tasks.Start (or the exec's Start) has returned: from now on the shim's close is the end. */
  started(key: OutputKey): Promise<void>;
  /**
   * Call after the exit: resolves when every byte written before it is in the log. Waits `drainMs` for a child that
   * keeps the pipe open. Ends all readers and deletes the FIFOs. Does nothing when the key is not held.
   */
  forget(request: ForgetRequest): Promise<void>;
  /**
   * Live output. May be called before `open`: nothing is missed. Ends when the output ends or is forgotten;
   * `destroy()` detaches. The bytes are ready for a Docker client.
   */
  attach(request: AttachRequest): Promise<OutputStream>;
  /** The log. Ends at its end or, with `follow`, when the output is forgotten. Throws `not-implemented` for `none`. */
  logs(request: LogsRequest): Promise<OutputStream>;
  /** Deletes the log's files. */
  remove(request: RemoveRequest): Promise<void>;
  /** What the keeper holds. Call after the first connection to an adopted keeper: it takes its FIFOs into care too. */
  list(): Promise<readonly HeldRecord[]>;
}

export interface KeeperAddress extends SocketAddress {
  /** Called each time the control connection breaks: the keeper is probably gone. */
  readonly onLost?: () => void;
  /** May enlarge a FIFO of which a read end is given: Node cannot. */
  readonly widen?: (fd: number) => void;
}

/**
 * A client of the keeper at `socketPath`. It connects on first use and again after the keeper was restarted; calls
 * that were under way then are repeated. Of each output that is held it keeps a FIFO's read end (see HeldFifos).
 */
export function connectKeeper(address: KeeperAddress): Keeper {
  const control = new ControlConnection(address, () => address.onLost?.());
  const fifos = new HeldFifos(address.widen ?? (() => undefined));
  return {
    async open(request) {
      await control.call("open", request);
      fifos.hold(request);
    },
    async started(key) {
      await control.call("started", key);
    },
    async forget(request) {
      await control.call("forget", request);
      fifos.release(request);
    },
    async remove(request) {
      await control.call("remove", request);
    },
    async list() {
      const held = await control.call("list", null);
      for (const record of held) fifos.hold(record);
      return held;
    },
    attach: (request) => openStream(address, "attach", request),
    logs: (request) => openStream(address, "logs", request),
    async [Symbol.asyncDispose]() {
      fifos[Symbol.dispose]();
      await control[Symbol.asyncDispose]();
    },
  };
}
