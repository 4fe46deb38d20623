import { closeSync, openSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import koffi from "koffi";
import { decodeAttributes } from "./netlink/message.ts";
import { NetlinkSocket } from "./netlink/socket.ts";

/** libnftables waits with select(2), which knows no descriptor from here on and ends the process instead. */
const maxDescriptor = 1000;
const NFT_CTX_OUTPUT_JSON = 1 << 4;

/**
 * The rules of one network namespace, through libnftables, the library behind the `nft` command: 0.2 ms where a process
 * costs 15. Open it early and keep it: its socket must have a low number. It stays with the namespace that the thread
 * was in when it was opened.
 */
export class Nft implements Disposable {
  readonly #context: unknown;
  readonly #netlink = new NetlinkSocket("netfilter");

  /**
   * Scripts and output are in nft's language, or in JSON as libnftables-json(5) describes it.
   * Throws `unavailable` when the library is missing, or when too many descriptors are open.
   */
  constructor(language: "nft" | "json" = "nft") {
    const { create, bufferOutput, bufferError, setOutputFlags } = library();
    if (nextDescriptor() >= maxDescriptor) {
      throw new TdockError("unavailable", "nftables cannot be opened: too many descriptors are open");
    }
    this.#context = create(0);
    bufferOutput(this.#context);
    bufferError(this.#context);
    if (language === "json") setOutputFlags(this.#context, NFT_CTX_OUTPUT_JSON);
  }

  /**
   * Runs a script as one transaction: all of it takes effect or nothing. Answers what nft would have printed.
   * Throws `internal` with nft's own words.
   */
  run(script: string): string {
    const { run, output, error } = library();
    if (run(this.#context, script) === 0) return output(this.#context) ?? "";
    throw new TdockError("internal", `nft: ${(error(this.#context) ?? "").trim() || "failed"}`);
  }

  /** Counts the transactions of all who change the rules of this namespace: one more for each. */
  generation(): number {
    const payload = Buffer.alloc(4);
    const [reply] = this.#netlink.ask({ type: NFT_MSG_GETGEN, flags: 0, payload }, "read the generation of the rules");
    return (
      decodeAttributes(reply?.subarray(4) ?? Buffer.alloc(0))
        .get(NFTA_GEN_ID)
        ?.readUInt32BE(0) ?? 0
    );
  }

  [Symbol.dispose](): void {
    this.#netlink[Symbol.dispose]();
    library().free(this.#context);
  }
}

/** Low numbers that are kept for contexts of the moment: one for its own socket, one for that of the library. */
let places: readonly number[] = [];

/** Keeps low descriptors for `withNft`. Call early. */
export function keepPlacesForNft(): void {
  if (places.length === 0) places = [openSync("/dev/null", "r"), openSync("/dev/null", "r")];
}

/** Runs `action` with the rules of the network namespace that the thread is in now. Throws as `Nft` does. */
export function withNft<T>(action: (nft: Nft) => T): T {
  for (const fd of places) closeSync(fd);
  places = [];
  try {
    using nft = new Nft();
    return action(nft);
  } finally {
    keepPlacesForNft();
  }
}

/** Subsystem NFNL_SUBSYS_NFTABLES in the upper byte. */
const NFT_MSG_GETGEN = (10 << 8) | 16;
const NFTA_GEN_ID = 1;

/** The kernel always gives the lowest number that is free. */
function nextDescriptor(): number {
  const fd = openSync("/dev/null", "r");
  closeSync(fd);
  return fd;
}

let loaded: ReturnType<typeof loadLibrary> | undefined;

/** Loaded at first use, so that a machine without it can still say what is missing. */
function library(): ReturnType<typeof loadLibrary> {
  loaded ??= loadLibrary();
  return loaded;
}

function loadLibrary() {
  const name = "libnftables.so.1";
  try {
    const lib = koffi.load(name);
    return {
      setOutputFlags: lib.func("void nft_ctx_output_set_flags(void *context, unsigned int flags)"),
      create: lib.func("void *nft_ctx_new(uint32_t flags)"),
      free: lib.func("void nft_ctx_free(void *context)"),
      bufferOutput: lib.func("int nft_ctx_buffer_output(void *context)"),
      bufferError: lib.func("int nft_ctx_buffer_error(void *context)"),
      output: lib.func("const char *nft_ctx_get_output_buffer(void *context)"),
      error: lib.func("const char *nft_ctx_get_error_buffer(void *context)"),
      run: lib.func("int nft_run_cmd_from_buffer(void *context, const char *script)"),
    };
  } catch (cause) {
    const message = `${name} not found: install the package nftables`;
    throw new TdockError("unavailable", message, { cause, reason: "library-missing" });
  }
}
