import { Transform } from "node:stream";
import { DetachScanner } from "@tdock/api/detach-scanner";

/** Passes input on until the detach keys are typed: then it calls back and ends. */
export function detachStream(keys: Uint8Array, detach: () => void): Transform {
  const scanner = new DetachScanner(keys);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const { passed, detached } = scanner.scan(chunk);
      if (passed.length > 0) this.push(passed);
      if (detached) {
        detach();
        this.push(null);
      }
      done();
    },
  });
}
