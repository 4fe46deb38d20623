import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameOf, type OpenRequest, type OutputKey } from "./protocol.ts";

/** A held output as it is remembered. */
export interface SavedOutput {
  readonly request: OpenRequest;
  readonly started: boolean;
}

/** What the keeper must know again after it was killed: one file per held output, written whole and renamed. */
export class StateFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** All that was saved; a damaged file costs that output only. */
  load(): SavedOutput[] {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith(".json"));
    return names.flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(this.#folder, name), "utf8")) as SavedOutput];
      } catch {
        return [];
      }
    });
  }

  save(output: SavedOutput): void {
    const path = this.#pathOf(output.request);
    writeFileSync(`${path}.new`, JSON.stringify(output), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  remove(key: OutputKey): void {
    rmSync(this.#pathOf(key), { force: true });
  }

  #pathOf(key: OutputKey): string {
    return join(this.#folder, `${nameOf(key)}.json`);
  }
}
