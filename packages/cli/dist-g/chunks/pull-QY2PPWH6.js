import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  pullImage
} from "./chunk-BBTDXB4W.js";
import "./chunk-5LN6FHN2.js";
import "./chunk-7SSBNG2S.js";
import "./chunk-G5U4NNID.js";
import {
  canonicalReference,
  requireReference,
  withDefaultTag
} from "./chunk-574XGQBR.js";
import "./chunk-WYE2WXCF.js";
import "./chunk-Z4HAEEUC.js";
import "./chunk-B2SSDNQC.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/pull.ts
var pull = defineCommand({
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  operands: exactly(1),
  flags: {
    "all-tags": bool("Download all tagged images in the repository", { short: "a" }),
    "disable-content-trust": bool("Skip image verification (deprecated)", { initial: true, hidden: true }),
    platform: text("Set platform if server is multi-platform capable"),
    quiet: bool("Suppress verbose output", { short: "q" })
  },
  async run(cli, { flags, args: [image = ""] }) {
    const reference = requireReference(image);
    const isNameOnly = reference.tag === void 0 && reference.digest === void 0;
    if (flags["all-tags"] && !isNameOnly) {
      throw new TdockError("invalid-argument", "tag can't be used with --all-tags/-a");
    }
    if (isNameOnly && !flags["all-tags"] && !flags.quiet) cli.out.print("Using default tag: latest\n");
    const platform = flags.platform ?? (cli.env.DOCKER_DEFAULT_PLATFORM || void 0);
    await pullImage(cli, { image, platform, quiet: flags.quiet, allTags: flags["all-tags"], printer: cli.out });
    cli.out.print(`${canonicalReference(flags["all-tags"] ? reference : withDefaultTag(reference))}
`);
    return 0;
  }
});
export {
  pull
};
