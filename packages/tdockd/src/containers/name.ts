import { randomInt } from "node:crypto";
import { TdockError } from "@tdock/errors/error";

const pattern = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** A container's name without its slash. Throws `invalid-argument`, in Docker's words. */
export function checkName(name: string): string {
  if (pattern.test(name) && name.length <= 255) return name.replace(/^\//, "");
  throw new TdockError(
    "invalid-argument",
    `Invalid container name (${name.slice(0, 300)}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
  );
}

const adjectives =
  "able agile amber apt bold brave brisk calm candid clear clever cosmic crisp daring deft eager early easy fair fast fine firm fond free fresh gentle glad golden grand great happy hardy honest humble ideal jolly keen kind lively loyal lucid lucky mellow merry mighty modest neat nimble noble patient plucky polite proud quick quiet rapid ready sharp silent smart smooth snug solid spry steady sturdy sunny sure swift tidy tough trusty upbeat vivid warm wise witty zesty".split(
    " ",
  );
const nouns =
  "anchor atlas badger barge beacon bison bollard brig buoy canal cargo clipper comet compass crane cutter delta derrick dinghy dock dolphin dory falcon ferry fjord frigate galley gannet gantry harbor hawser heron hull island jetty kayak keel ketch kraken lagoon lantern lighter lugger mariner mast narwhal oar orca osprey otter pelican pier pilot plover puffin quay raft reef rudder sail schooner seal shoal skiff sloop sonar starling tanker tern tiller trawler tug turtle vessel walrus wharf whale yawl".split(
    " ",
  );

/** A random name that `isTaken` does not know; numbered when the pleasant ones run out. */
export function generateName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const base = `${adjectives[randomInt(adjectives.length)]}_${nouns[randomInt(nouns.length)]}`;
    const name = attempt < 8 ? base : `${base}${randomInt(100_000)}`;
    if (!isTaken(name)) return name;
  }
}
