import { parentPort } from "node:worker_threads";
import { serveLayers } from "./pump-loop.ts";

// The thread that layers flow through: see pump.ts.
if (parentPort !== null) serveLayers(parentPort);
