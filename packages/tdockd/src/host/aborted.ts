import { TdockError } from "@tdock/errors/error";

/** Rejects with the signal's reason as soon as it fires: to race with work that does not know of the signal. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(TdockError.from(signal.reason));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
