import { promisify } from "node:util";
import { TdockError } from "@tdock/errors/error";
import koffi from "koffi";

type Context = unknown;

/**
 * Runs an nft script as one transaction: all of it takes effect or nothing. Answers what nft would have printed.
 * Through libnftables, the library behind the `nft` command: 0.4 ms where a process costs 15. Synchronous: it works
 * in the network namespace that the thread is in. Throws `internal` with nft's own words.
 */
export function runNft(script: string, output: "text" | "json" = "text"): string {
  const context = openContext(output);
  try {
    return resultOf(context, library().run(context, script));
  } finally {
    library().free(context);
  }
}

/** As `runNft`, off the main thread: for scripts of unknown size and for listing rules of others. Host namespace only. */
export async function runNftLater(script: string, output: "text" | "json" = "text"): Promise<string> {
  const context = openContext(output);
  try {
    return resultOf(context, await library().runLater(context, script));
  } finally {
    library().free(context);
  }
}

function openContext(output: "text" | "json"): Context {
  const { create, bufferOutput, bufferError, setOutputFlags } = library();
  const context = create(0);
  bufferOutput(context);
  bufferError(context);
  if (output === "json") setOutputFlags(context, NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_HANDLE);
  return context;
}

const NFT_CTX_OUTPUT_HANDLE = 1 << 3;
const NFT_CTX_OUTPUT_JSON = 1 << 4;

function resultOf(context: Context, status: number): string {
  if (status === 0) return library().output(context) ?? "";
  throw new TdockError("internal", `nft: ${(library().error(context) ?? "").trim() || "failed"}`);
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
    const run = lib.func("int nft_run_cmd_from_buffer(void *context, const char *script)");
    return {
      create: lib.func("void *nft_ctx_new(uint32_t flags)"),
      free: lib.func("void nft_ctx_free(void *context)"),
      bufferOutput: lib.func("int nft_ctx_buffer_output(void *context)"),
      bufferError: lib.func("int nft_ctx_buffer_error(void *context)"),
      setOutputFlags: lib.func("void nft_ctx_output_set_flags(void *context, unsigned int flags)"),
      output: lib.func("const char *nft_ctx_get_output_buffer(void *context)"),
      error: lib.func("const char *nft_ctx_get_error_buffer(void *context)"),
      run,
      runLater: promisify(run.async) as (context: Context, script: string) => Promise<number>,
    };
  } catch (cause) {
    const message = `${name} not found: install the package nftables`;
    throw new TdockError("unavailable", message, { cause, reason: "library-missing" });
  }
}
