import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/commands/each-target.ts
var mostAtOnce = 50;
async function eachTarget(cli, targets, act) {
  const results = runAll(targets, act);
  const errors = [];
  for (const result of results) {
    try {
      const text = await result;
      if (text !== void 0) cli.out.print(`${text}
`);
    } catch (thrown) {
      errors.push(TdockError.from(thrown));
    }
  }
  for (const { message } of errors) cli.err.print(`${message}
`);
  return errors.length === 0 ? 0 : 1;
}
function runAll(targets, act) {
  const results = [];
  for (const [index, target] of targets.entries()) {
    const turn = results[index - mostAtOnce]?.catch(() => {
    }) ?? Promise.resolve();
    const result = turn.then(() => act(target));
    result.catch(() => {
    });
    results.push(result);
  }
  return results;
}

export {
  eachTarget
};
