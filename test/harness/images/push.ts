import { type Dispatcher, request } from "undici";
import type { Blob, OciImage } from "./oci-image.ts";

/** Where to push, and as whom. */
export interface PushTarget {
  readonly url: string;
  readonly dispatcher?: Dispatcher;
  /** The value of an Authorization header. */
  readonly authorization?: string;
}

/** Pushes `image` as `repository:tag` by the registry's HTTP API, without any engine. Gives the manifest's digest. */
export async function pushImage(target: PushTarget, name: string, image: OciImage): Promise<string> {
  const [repository, tag] = splitName(name);
  for (const blob of [...image.layers, image.config]) await pushBlob(target, repository, blob);
  await pushManifest(target, repository, tag, image.manifest);
  return image.manifest.digest;
}

/** Pushes every image by digest and then `index` over them as `repository:tag`. Gives the index's digest. */
export async function pushIndex(
  target: PushTarget,
  name: string,
  index: Blob,
  images: readonly OciImage[],
): Promise<string> {
  const [repository, tag] = splitName(name);
  for (const image of images) await pushImage(target, `${repository}:${image.manifest.digest}`, image);
  await pushManifest(target, repository, tag, index);
  return index.digest;
}

/** Puts a blob into `repository` unless it is there. */
export async function pushBlob(target: PushTarget, repository: string, blob: Blob): Promise<void> {
  const base = `${target.url}/v2/${repository}/blobs`;
  if ((await call(target, "HEAD", `${base}/${blob.digest}`)).status === 200) return;
  const { location } = await expectStatus(202, call(target, "POST", `${base}/uploads/`));
  const upload = new URL(location, base);
  upload.searchParams.set("digest", blob.digest);
  await expectStatus(201, call(target, "PUT", upload.href, blob.content, "application/octet-stream"));
}

/** Puts a manifest or index under a tag, or under its digest where `tag` is one. */
export async function pushManifest(target: PushTarget, repository: string, tag: string, manifest: Blob): Promise<void> {
  const url = `${target.url}/v2/${repository}/manifests/${tag}`;
  await expectStatus(201, call(target, "PUT", url, manifest.content, manifest.mediaType));
}

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

async function call(
  target: PushTarget,
  method: Dispatcher.HttpMethod,
  url: string,
  body?: Buffer,
  type?: string,
): Promise<Answer> {
  const response = await request(url, {
    method,
    ...(body && { body }),
    ...(target.dispatcher && { dispatcher: target.dispatcher }),
    headers: {
      ...(type && { "content-type": type }),
      ...(target.authorization && { authorization: target.authorization }),
    },
  });
  const text = await response.body.text();
  return { status: response.statusCode, location: String(response.headers.location ?? ""), text };
}

async function expectStatus(wanted: number, pending: Promise<Answer>): Promise<Answer> {
  const answer = await pending;
  if (answer.status !== wanted) throw new Error(`the registry answered ${answer.status}: ${answer.text}`);
  return answer;
}

/** "a/b:tag" in two. A digest may stand for the tag. */
function splitName(name: string): [repository: string, tag: string] {
  const colon = name.indexOf(":");
  return colon < 0 ? [name, "latest"] : [name.slice(0, colon), name.slice(colon + 1)];
}
