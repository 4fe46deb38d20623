import { randomBytes } from "node:crypto";
import { descriptorOf, indexOf, jsonBlob, type OciImage } from "../images/oci-image.ts";
import { answer, type Behaviour, flipped, isConfig, isLayer } from "./exchange.ts";

/** Registries that lie about content, digests and lengths. An engine must refuse each. */
export const integrityBehaviours = {
  "manifest-changed": (exchange) =>
    exchange.kind === "manifest" &&
    answer(exchange, exchange.image.manifest.mediaType, flipped(exchange.image.manifest.content)),
  "manifest-padded-behind-an-index": (exchange) => {
    if (exchange.kind !== "manifest") return false;
    const { manifest } = exchange.image;
    if (exchange.reference === manifest.digest) return answer(exchange, manifest.mediaType, padded(manifest.content));
    const index = indexOf([exchange.image]);
    return answer(exchange, index.mediaType, index.content);
  },
  "config-padded": (exchange) =>
    isConfig(exchange) && answer(exchange, "application/octet-stream", padded(exchange.image.config.content)),
  "config-changed": (exchange) =>
    isConfig(exchange) && answer(exchange, "application/octet-stream", flipped(exchange.image.config.content)),
  "layer-changed": (exchange) =>
    isLayer(exchange) && answer(exchange, "application/octet-stream", flipped(layerContent(exchange.image))),
  "digest-header-lies": ({ kind, image, response }) => {
    if (kind !== "manifest") return false;
    const headers = { "content-type": image.manifest.mediaType, "docker-content-digest": `sha256:${"0".repeat(64)}` };
    response.writeHead(200, headers).end(image.manifest.content);
    return true;
  },
  "digest-header-malformed": ({ kind, image, response }) => {
    if (kind !== "manifest") return false;
    const headers = { "content-type": image.manifest.mediaType, "docker-content-digest": "sha256:abc" };
    response.writeHead(200, headers).end(image.manifest.content);
    return true;
  },
  "layer-swapped": (exchange) =>
    isLayer(exchange) && answer(exchange, "application/octet-stream", randomBytes(layerContent(exchange.image).length)),
  "layer-short": (exchange) =>
    isLayer(exchange) && answer(exchange, "", layerContent(exchange.image).subarray(0, -100)),
  "layer-long": (exchange) =>
    isLayer(exchange) && answer(exchange, "", Buffer.concat([layerContent(exchange.image), Buffer.alloc(100)])),
  "layer-endless": (exchange) => {
    if (!isLayer(exchange)) return false;
    const chunk = Buffer.alloc(1 << 16);
    const send = () => {
      while (!exchange.response.destroyed && exchange.response.write(chunk));
    };
    exchange.response.writeHead(200).on("drain", send);
    send();
    return true;
  },
  "layer-size-too-small": withLayerField({ size: 10 }),
  "layer-size-too-large": withLayerField({ size: 1 << 30 }),
  "layer-size-negative": withLayerField({ size: -1 }),
  "layer-size-beyond-integers": withLayerField({ size: 2 ** 63 }),
  "layer-size-text": withLayerField({ size: "many" }),
  "layer-size-missing": withLayerField({ size: undefined }),
} satisfies Record<string, Behaviour>;

/** The same manifest with other values in its layer's descriptor, served under its true digest. */
export function withLayerField(fields: object): Behaviour {
  return (exchange) => {
    if (exchange.kind !== "manifest") return false;
    const { manifest, config, layers } = exchange.image;
    const parts = {
      config: descriptorOf(config),
      layers: layers.map((layer) => ({ ...descriptorOf(layer), ...fields })),
    };
    const forged = jsonBlob(manifest.mediaType, { schemaVersion: 2, mediaType: manifest.mediaType, ...parts });
    return answer(exchange, forged.mediaType, forged.content);
  };
}

/** The same document to any reader, under another digest. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.from("\n")]);
}

function layerContent({ layers: [layer] }: OciImage): Buffer {
  return layer?.content ?? Buffer.alloc(0);
}
