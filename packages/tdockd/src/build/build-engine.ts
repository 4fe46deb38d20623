import type { Engine } from "../engine.ts";

/** The parts of the engine that builds use. */
export type BuildEngine = Pick<
  Engine,
  | "arrivalLease"
  | "arrivals"
  | "arrivingFolder"
  | "blobs"
  | "builds"
  | "config"
  | "containerd"
  | "disk"
  | "unsynced"
  | "events"
  | "images"
  | "lastUse"
  | "layerSizes"
  | "layers"
  | "log"
  | "networks"
  | "now"
  | "registry"
  | "security"
>;
