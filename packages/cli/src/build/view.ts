import type { BuildEvent } from "@tdock/api/build-event";

/** Shows a build while it goes on. */
export interface BuildView extends Disposable {
  show(event: BuildEvent): void;
}
