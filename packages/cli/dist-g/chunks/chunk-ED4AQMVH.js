import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  parseJson
} from "./chunk-3A66ICA2.js";
import {
  encodeRequest,
  readText,
  send
} from "./chunk-LD6ES5PW.js";

// packages/cli/src/client/call.ts
async function call(client, endpoint, input, options) {
  const { message } = await send(client, encodeRequest(endpoint, input), options);
  const text = await readText(message);
  return text.trim() === "" ? void 0 : parseJson(text);
}

export {
  call
};
