import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/api/src/json-lines.ts
async function* decodeJsonLines(bytes, limitBytes = 16 * 1024 * 1024, parse = JSON.parse) {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const chunk of bytes) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parse(line);
    if (pending.length > limitBytes) throw new RangeError(`a JSON message is longer than ${limitBytes} bytes`);
  }
  pending += decoder.decode();
  if (pending.trim() !== "") yield parse(pending);
}

export {
  decodeJsonLines
};
