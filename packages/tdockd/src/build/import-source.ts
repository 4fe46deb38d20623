import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { JsonMessages } from "@tdock/api/json-messages";
import { TdockError } from "@tdock/errors/error";
import { LayerMessages } from "../images/layer-messages.ts";
import type { Proxies } from "../registry/proxy.ts";
import { downloadFile } from "./remote/http-file.ts";
import { Staging } from "./tree/staging.ts";

/** What is imported, and how the image's history names it. */
export interface ImportSource {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly name: string;
}

export interface ImportPlace {
  /** For what is downloaded. */
  readonly folder: string;
  readonly proxies: Proxies;
  readonly messages: JsonMessages;
}

/**
 * The archive that `fromSrc` names: `-` for the request's body, else an address, `http://` where it has no scheme. It is
 * downloaded into `folder`, under the rules of `ADD`. Throws `invalid-argument`, and as {@link downloadFile}.
 */
export async function openImportSource(
  { fromSrc = "", body }: { readonly fromSrc?: string; readonly body?: AsyncIterable<Uint8Array> },
  { folder, proxies, messages }: ImportPlace,
): Promise<ImportSource> {
  if (fromSrc === "-") {
    if (body === undefined) throw new TdockError("invalid-argument", "import: the request has no body");
    return { bytes: body, name: "-" };
  }
  const url = addressOf(fromSrc);
  const name = withoutLogin(url);
  const reporter = new LayerMessages(messages, "");
  let isAnswered = false;
  const { content } = await downloadFile(url.href, new Staging(join(folder, "download")), {
    signal: messages.signal,
    proxies,
    progress(current, total) {
      if (!isAnswered) reporter.say(`Downloading from ${name}`);
      isAnswered = true;
      reporter.progress("Importing", current, Math.max(current, total));
    },
  });
  await reporter.settled();
  return { bytes: createReadStream(content, { highWaterMark: 256 * 1024 }), name };
}

function addressOf(text: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw new TdockError("invalid-argument", `import: wanted an http or https address, got ${text.slice(0, 200)}`);
}

/** What a password or token may stand in is not told to everybody who sees the image. */
function withoutLogin(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
