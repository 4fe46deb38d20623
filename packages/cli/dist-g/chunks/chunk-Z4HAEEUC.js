import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  encodeRequest,
  send
} from "./chunk-LD6ES5PW.js";

// packages/cli/src/client/stream.ts
async function openStream(client, endpoint, input, options) {
  return (await send(client, encodeRequest(endpoint, input), options)).message;
}

export {
  openStream
};
