import type { LayerProgress } from "./arrivals.ts";
import { LayerMessages } from "./layer-messages.ts";

/** Tells a client how a layer arrives. */
export class LayerReporter extends LayerMessages {
  #isDownloading = true;

  /** Unpacking runs beside the download; it is told of once the download is through. */
  report(progress: LayerProgress): void {
    if (progress.kind === "downloaded") this.#isDownloading = false;
    if (progress.kind === "downloading" || progress.kind === "unpacking") {
      const { kind, current, total } = progress;
      const isNow = this.#isDownloading === (kind === "downloading");
      if (isNow) this.progress(kind === "downloading" ? "Downloading" : "Extracting", current, total);
    } else this.say(progress.kind === "done" ? "Pull complete" : "Download complete");
  }
}
