import { descriptorOf, digestOf, jsonBlob, machinePlatform } from "../images/oci-image.ts";
import { answer, type Behaviour, type Exchange, endlessly } from "./exchange.ts";
import { withLayerField } from "./integrity.ts";

const indexType = "application/vnd.oci.image.index.v1+json";

/** Digests that are none. They must be refused before a URL or path is built from them. */
export const malformedDigests = {
  empty: "sha256:",
  traversal: "sha256:../../../../tmp/x",
  md5: "md5:d41d8cd98f00b204e9800998ecf8427e",
  "upper-case": `sha256:${"A".repeat(64)}`,
  "too-short": `sha256:${"a".repeat(63)}`,
  unicode: `sha256:${"á".repeat(64)}`,
  huge: `sha256:${"a".repeat(1 << 20)}`,
  null: null,
  number: 5,
  missing: undefined,
} as const;

/** Registries whose documents are not what they should be. An engine must refuse each. */
export const documentBehaviours = {
  ...Object.fromEntries(
    Object.entries(malformedDigests).map(([name, digest]) => [`digest-${name}`, withLayerField({ digest })]),
  ),
  "manifest-not-json": manifestOf(() => ({ type: "application/vnd.oci.image.manifest.v1+json", body: "{" })),
  "manifest-null": manifestOf(() => ({ type: "application/vnd.oci.image.manifest.v1+json", body: "null" })),
  "manifest-html": manifestOf(() => ({ type: "text/html", body: "<html>log in</html>" })),
  "manifest-ambiguous": manifestOf(({ image }) => {
    const parts = { config: descriptorOf(image.config), layers: image.layers.map(descriptorOf) };
    const manifests = [{ ...descriptorOf(image.manifest), platform: image.platform }];
    return { type: indexType, body: JSON.stringify({ schemaVersion: 2, mediaType: indexType, ...parts, manifests }) };
  }),
  "manifest-type-disagrees": manifestOf(({ image }) => ({ type: indexType, body: image.manifest.content.toString() })),
  "manifest-too-large": manifestOf(({ image }) => ({
    type: image.manifest.mediaType,
    body: `${image.manifest.content.toString().slice(0, -1)},"annotations":{"x":"${"x".repeat(5 << 20)}"}}`,
  })),
  "manifest-endless": (exchange) => exchange.kind === "manifest" && endlessly(exchange, 200),
  "index-of-itself": manifestOf(({ reference, image }) => {
    // By tag an index of its own earlier self, and so on: the same answer whatever digest is asked for.
    const inner = reference.includes(":") ? reference : digestOf(image.manifest.content);
    const manifests = [{ mediaType: indexType, digest: inner, size: 300, platform: image.platform }];
    return { type: indexType, body: JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }) };
  }),
  "index-deep": manifestOf(({ image, reference }) => {
    const chain = indexChain(image.manifest.digest, 50);
    const body = chain.find(({ digest }) => digest === reference) ?? chain[0];
    return { type: indexType, body: body?.content.toString() ?? "" };
  }),
  "layers-by-the-thousand": (exchange) => {
    if (exchange.kind !== "manifest") return false;
    const { manifest, config, layers } = exchange.image;
    const repeated = Array.from({ length: 10_000 }, () => layers.map(descriptorOf)).flat();
    const parts = { config: descriptorOf(config), layers: repeated };
    const forged = jsonBlob(manifest.mediaType, { schemaVersion: 2, mediaType: manifest.mediaType, ...parts });
    return answer(exchange, forged.mediaType, forged.content);
  },
  "index-wide": manifestOf(({ image }) => {
    const platform = { os: "linux", architecture: "none" };
    const manifests = Array.from({ length: 15_000 }, () => ({ ...descriptorOf(image.manifest), platform }));
    return { type: indexType, body: JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }) };
  }),
  "index-digest-traversal": manifestOf(({ image }) => {
    const manifests = [
      { ...descriptorOf(image.manifest), digest: malformedDigests.traversal, platform: image.platform },
    ];
    return { type: indexType, body: JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }) };
  }),
  "config-digest-traversal": withConfigField({ digest: malformedDigests.traversal }),
  "config-too-large": withConfigField({ size: 5 << 20 }),
  "config-of-an-artifact": withConfigField({ mediaType: "application/vnd.oci.empty.v1+json" }),
  "config-not-json": withConfig("not json"),
  "config-null": withConfig("null"),
  "config-diff-id-wrong": withConfig(configWith([`sha256:${"0".repeat(64)}`])),
  "config-diff-ids-missing": withConfig(configWith([])),
  "config-wrong-types": withConfig(JSON.stringify({ config: [], rootfs: "none", os: 1, architecture: {} })),
} satisfies Record<string, Behaviour>;

function manifestOf(make: (exchange: Exchange) => { type: string; body: string }): Behaviour {
  return (exchange) => {
    if (exchange.kind !== "manifest") return false;
    const { type, body } = make(exchange);
    return answer(exchange, type, Buffer.from(body));
  };
}

function configWith(diffIds: readonly string[]): string {
  return JSON.stringify({ ...machinePlatform, config: {}, rootfs: { type: "layers", diff_ids: diffIds } });
}

/** The honest manifest with other values in its configuration's descriptor. */
function withConfigField(fields: object): Behaviour {
  return manifestOf(({ image: { manifest, config, layers } }) => {
    const parts = { config: { ...descriptorOf(config), ...fields }, layers: layers.map(descriptorOf) };
    const body = JSON.stringify({ schemaVersion: 2, mediaType: manifest.mediaType, ...parts });
    return { type: manifest.mediaType, body };
  });
}

/** An index of an index of …, outermost first. */
function indexChain(innermost: string, depth: number) {
  const chain = [];
  let inner = innermost;
  for (let level = 0; level < depth; level += 1) {
    const manifests = [
      { mediaType: indexType, digest: inner, size: 300, platform: { os: "linux", architecture: "amd64" } },
    ];
    const index = jsonBlob(indexType, { schemaVersion: 2, mediaType: indexType, manifests });
    chain.unshift(index);
    inner = index.digest;
  }
  return chain;
}

/** The honest manifest with another configuration, whose digest is right. */
function withConfig(text: string): Behaviour {
  return (exchange) => {
    const { manifest, layers } = exchange.image;
    const config = Buffer.from(text);
    const digest = digestOf(config);
    if (exchange.kind === "blob" && exchange.reference === digest) return answer(exchange, "application/json", config);
    if (exchange.kind !== "manifest") return false;
    const descriptor = { mediaType: exchange.image.config.mediaType, digest, size: config.length };
    const parts = { config: descriptor, layers: layers.map(descriptorOf) };
    const forged = jsonBlob(manifest.mediaType, { schemaVersion: 2, mediaType: manifest.mediaType, ...parts });
    return answer(exchange, forged.mediaType, forged.content);
  };
}
