import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/command.ts
function defineCommand(command) {
  return command;
}
var none = [0, 0];
var atLeastOne = [1, Number.POSITIVE_INFINITY];
var any = [0, Number.POSITIVE_INFINITY];
function exactly(count) {
  return [count, count];
}

export {
  defineCommand,
  none,
  atLeastOne,
  any,
  exactly
};
