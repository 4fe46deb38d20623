import { TdockError } from "@tdock/errors/error";
import { aborted } from "../../host/aborted.ts";

/** A body that a client sends for a build which is another request. Disposing of it ends that request. */
export interface Upload extends Disposable {
  readonly body: AsyncIterable<Uint8Array>;
}

/** The two requests come at the same time: whichever is first waits for the other. */
const patienceMs = 15_000;

/** One upload and its build, of which only one may have come yet. */
class Meeting {
  readonly offered = Promise.withResolvers<Upload>();
  readonly taken = Promise.withResolvers<void>();

  constructor() {
    for (const { promise } of [this.offered, this.taken]) promise.catch(() => {}); // whoever waits is told
  }
}

/** Brings contexts that BuildKit clients send in a request of their own together with the builds that want them. */
export class Uploads {
  private readonly meetings = new Map<string, Meeting>();

  /**
   * Offers a body to the build of this ID. Resolves when the build needs no more of it. Throws `not-found` when no
   * build takes it, `canceled`.
   */
  async offer(buildId: string, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const { offered, taken } = this.meeting(buildId);
    const over = Promise.withResolvers<void>();
    offered.resolve({ body, [Symbol.dispose]: over.resolve });
    try {
      await within(taken.promise, `no build takes the context that was uploaded for ${buildId}`, signal);
    } finally {
      this.meetings.delete(buildId);
    }
    await Promise.race([over.promise, aborted(signal)]);
  }

  /** The body offered to the build of this ID, once it is there. Throws `not-found` when none comes, `canceled`. */
  async take(buildId: string, signal: AbortSignal): Promise<Upload> {
    const { offered, taken } = this.meeting(buildId);
    try {
      const upload = await within(offered.promise, `no context was uploaded for build ${buildId}`, signal);
      taken.resolve();
      return upload;
    } finally {
      this.meetings.delete(buildId);
    }
  }

  private meeting(buildId: string): Meeting {
    const meeting = this.meetings.get(buildId) ?? new Meeting();
    this.meetings.set(buildId, meeting);
    return meeting;
  }
}

async function within<T>(promise: Promise<T>, problem: string, signal: AbortSignal): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TdockError("not-found", problem)), patienceMs);
  try {
    return await Promise.race([promise, late.promise, aborted(signal)]);
  } finally {
    clearTimeout(timer);
  }
}
