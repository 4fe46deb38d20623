import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  createPrinter
} from "./chunk-G5U4NNID.js";
import {
  createClient
} from "./chunk-UIKEASUR.js";

// packages/cli/src/cli.ts
var programName = "tdock";
function createCli(flags, env) {
  let client;
  return {
    env,
    configFolder: flags.configFolder,
    out: createPrinter("stdout"),
    err: createPrinter("stderr"),
    get client() {
      client ??= createClient({ host: flags.host(), tls: flags.tls(), apiVersion: flags.apiVersion });
      return client;
    }
  };
}

export {
  programName,
  createCli
};
