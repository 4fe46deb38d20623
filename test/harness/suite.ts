import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { busyboxImage } from "./images/busybox.ts";
import type { OciImage } from "./images/oci-image.ts";
import { pushImage } from "./images/push.ts";
import { startTdockd, type Tdockd, type TdockdOptions } from "./instance/tdockd.ts";
import { HostWatch } from "./oracles/host-untouched.ts";
import { type Baseline, expectNoLeaks, takeBaseline } from "./oracles/leaks.ts";
import { type Registry, startRegistry } from "./registry/registry.ts";

/** What a suite asks for. */
export interface SuiteOptions extends TdockdOptions {
  /** Images to push, by name, beside `busybox`. */
  readonly images?: () => Promise<Readonly<Record<string, OciImage>>>;
}

/** What the tests of a suite use: one tdockd and one registry, both of the suite's own. */
export interface Suite {
  readonly tdockd: Tdockd;
  readonly registry: Registry;
  /** A reference to an image of the suite's registry. */
  readonly image: (name: string) => string;
  /** The reference of the busybox image; it is pulled already. */
  readonly busybox: string;
  readonly tdock: Tdockd["tdock"];
  readonly mustTdock: Tdockd["mustTdock"];
  readonly api: Tdockd["api"];
}

/** Some suites begin with a Debian that is to be made first, and end with 100,000 files that are to be deleted. */
const patienceMs = 180_000;

/**
 * Declares a suite of system tests against the assembled product. Each suite has a fresh tdockd and registry, and ends
 * with the two oracles, LEAK(0) and HOST-UNTOUCHED, as tests of their own. A test need not clean up what it made.
 */
export function systemSuite(name: string, body: (suite: Suite) => void, options: SuiteOptions = {}): void {
  describe(name, () => {
    const fixture = new Fixture();
    beforeAll(() => fixture.start(options), patienceMs);
    afterAll(() => fixture[Symbol.asyncDispose](), patienceMs);
    // When it is tried again, the names that it gives are free.
    afterEach(async ({ task: { result } }) => {
      if (result?.state === "fail") await fixture.removeContainersSince(result.startTime ?? 0);
    });

    body(fixture);

    it("leaves nothing behind once all is removed", { timeout: patienceMs }, () =>
      expectNoLeaks(fixture.tdockd, fixture.baseline),
    );
    it("leaves the rest of the host untouched", () => fixture.host.expectUntouched());
  });
}

class Fixture implements Suite, AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  #started: { tdockd: Tdockd; registry: Registry; host: HostWatch; baseline: Baseline } | undefined;

  async start(options: SuiteOptions): Promise<void> {
    const registry = this.#stack.use(await startRegistry());
    const images = { busybox: await busyboxImage(), ...(await options.images?.()) };
    for (const [name, image] of Object.entries(images)) await pushImage(registry, name, image);
    const host = this.#stack.use(await HostWatch.start());
    const tdockd = this.#stack.use(await startTdockd(options));
    this.#started = { tdockd, registry, host, baseline: await takeBaseline(tdockd) };
    await tdockd.mustTdock(["pull", "-q", this.busybox]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** `sinceMs` as `Date.now()` counts. */
  async removeContainersSince(sinceMs: number): Promise<void> {
    const { body } = await this.api("GET", "/containers/json?all=true");
    const made = (body as { Id: string; Created: number }[]).filter(
      ({ Created }) => Created >= Math.floor(sinceMs / 1000),
    );
    if (made.length > 0) await this.tdock(["rm", "-f", ...made.map(({ Id }) => Id)]);
  }

  get #parts() {
    if (!this.#started) throw new Error("the suite has not started: use its parts inside tests and hooks only");
    return this.#started;
  }

  get tdockd(): Tdockd {
    return this.#parts.tdockd;
  }

  get registry(): Registry {
    return this.#parts.registry;
  }

  get host(): HostWatch {
    return this.#parts.host;
  }

  get baseline(): Baseline {
    return this.#parts.baseline;
  }

  get busybox(): string {
    return this.image("busybox");
  }

  image = (name: string): string => `${this.registry.host}/${name}`;
  tdock: Tdockd["tdock"] = (...call) => this.tdockd.tdock(...call);
  mustTdock: Tdockd["mustTdock"] = (...call) => this.tdockd.mustTdock(...call);
  api: Tdockd["api"] = (...call) => this.tdockd.api(...call);
}
