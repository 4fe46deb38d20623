import { closeSync } from "node:fs";
import { promisify } from "node:util";
import { TdockError } from "@tdock/errors/error";
import { check, libc } from "../libc.ts";
import { systemError } from "../system-error.ts";
import {
  decodeAttributes,
  decodeMessages,
  encodeMessage,
  type NetlinkMessage,
  NLM_F_ACK,
  NLM_F_DUMP,
  textOf,
  u32,
} from "./message.ts";

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 0o2000003;
/** Which part of the kernel a socket speaks to. */
const protocols = { route: 0, netfilter: 12 } as const;
const SOL_NETLINK = 270;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLMSGERR_ATTR_MSG = 1;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const RECEIVE_BYTES = 1 << 17;

/** Shared by all sockets: it is emptied within the call that filled it. */
const received = Buffer.alloc(RECEIVE_BYTES);

const sendLater = promisify(libc.send.async) as (
  fd: number,
  bytes: Buffer,
  n: number,
  flags: number,
) => Promise<number>;

/**
 * A socket to the kernel's rtnetlink or netfilter. It belongs to the network namespace in which it was opened, wherever it is used.
 * The kernel answers within `send`, so a call costs microseconds and no process.
 */
export class NetlinkSocket implements Disposable {
  readonly #fd: number;
  #sequence = 0;

  constructor(protocol: keyof typeof protocols = "route") {
    this.#fd = check(libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocols[protocol]), "open a netlink socket");
    for (const option of [NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK]) {
      libc.setsockopt(this.#fd, SOL_NETLINK, option, u32(1), 4);
    }
  }

  /** Sends one change and waits for the kernel's word. Throws its error; `operation` says what was wanted. */
  change(message: NetlinkMessage, operation: string): void {
    const sequence = this.#send({ ...message, flags: message.flags | NLM_F_ACK }, operation);
    this.#receive(sequence, operation);
  }

  /**
   * As `change`, off the main thread: for what makes the kernel wait for all processors (removing a device takes
   * tens of milliseconds). Nothing else may use this socket meanwhile.
   */
  async changeLater(message: NetlinkMessage, operation: string): Promise<void> {
    const bytes = this.#encode({ ...message, flags: message.flags | NLM_F_ACK });
    const sent = Number(await sendLater(this.#fd, bytes, bytes.length, 0));
    if (sent === -1) throw new TdockError("internal", `${operation}: the netlink message could not be sent`);
    this.#receive(this.#sequence, operation);
  }

  /** Asks for one object or, with `NLM_F_DUMP` among the flags, for all; answers the payloads. */
  ask(message: NetlinkMessage, operation: string): Buffer[] {
    const isDump = (message.flags & NLM_F_DUMP) === NLM_F_DUMP;
    const sequence = this.#send({ ...message, flags: message.flags | (isDump ? 0 : NLM_F_ACK) }, operation);
    return this.#receive(sequence, operation);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #encode(message: NetlinkMessage): Buffer {
    this.#sequence += 1;
    return encodeMessage(message, this.#sequence);
  }

  #send(message: NetlinkMessage, operation: string): number {
    const bytes = this.#encode(message);
    check(Number(libc.send(this.#fd, bytes, bytes.length, 0)), operation);
    return this.#sequence;
  }

  #receive(sequence: number, operation: string): Buffer[] {
    const payloads: Buffer[] = [];
    for (;;) {
      const size = check(Number(libc.recv(this.#fd, received, RECEIVE_BYTES, 0)), operation);
      for (const message of decodeMessages(received.subarray(0, size))) {
        if (message.sequence !== sequence) continue;
        if (message.type === NLMSG_DONE) return payloads;
        if (message.type === NLMSG_ERROR) {
          throwIfFailed(message.payload, message.flags, operation);
          return payloads;
        }
        payloads.push(Buffer.from(message.payload));
      }
    }
  }
}

/** An NLMSG_ERROR with number 0 is the acknowledgement. */
function throwIfFailed(payload: Buffer, flags: number, operation: string): void {
  const errno = -payload.readInt32LE(0);
  if (errno === 0) return;
  throw systemError(operation, errno, (flags & NLM_F_ACK_TLVS) === 0 ? "" : extendedText(payload, flags));
}

/** The kernel's own sentence: an attribute behind the echoed request, of which only the header is left when capped. */
function extendedText(payload: Buffer, flags: number): string {
  const echoed = (flags & NLM_F_CAPPED) === 0 ? payload.readUInt32LE(4) : 16;
  return textOf(decodeAttributes(payload.subarray(4 + ((echoed + 3) & ~3))).get(NLMSGERR_ATTR_MSG));
}
