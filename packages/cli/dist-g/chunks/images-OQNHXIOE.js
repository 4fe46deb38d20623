import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  goTime
} from "./chunk-VBNPYXY5.js";
import {
  filterFlag,
  filtersOf
} from "./chunk-WKLKIBUB.js";
import {
  shortId
} from "./chunk-U4YGGPQP.js";
import {
  imageList
} from "./chunk-7SSBNG2S.js";
import {
  familiarName,
  parseReference
} from "./chunk-574XGQBR.js";
import {
  humanDuration,
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  formatUsage,
  renderListing
} from "./chunk-P4B3JGJS.js";
import "./chunk-AKM4CKU3.js";
import "./chunk-K6GYZVAU.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/image-row.ts
var imageTitles = {
  Containers: "CONTAINERS",
  CreatedAt: "CREATED AT",
  CreatedSince: "CREATED",
  Digest: "DIGEST",
  ID: "IMAGE ID",
  Repository: "REPOSITORY",
  SharedSize: "SHARED SIZE",
  Size: "SIZE",
  Tag: "TAG",
  UniqueSize: "UNIQUE SIZE"
};
function imageRows(image, options) {
  const tags = namesOf(image.RepoTags ?? [], "tag");
  const digests = namesOf(image.RepoDigests ?? [], "digest");
  const row = (repository, tag, digest) => imageRow(image, { repository, tag, digest, ...options });
  if (tags.size === 0 && digests.size === 0) return [row("<none>", "<none>", "<none>")];
  const tagged = [...tags].flatMap(([repository, values]) => {
    const shown = options.needsDigest ? digests.get(repository) ?? [] : [];
    return values.flatMap(
      (tag) => (shown.length === 0 ? ["<none>"] : shown).map((digest) => row(repository, tag, digest))
    );
  });
  const untagged = [...digests].filter(([repository]) => !tags.has(repository));
  return [
    ...tagged,
    ...untagged.flatMap(
      ([repository, values]) => (options.digests ? values : [""]).map((digest) => row(repository, "<none>", digest))
    )
  ];
}
function namesOf(references, part) {
  const names = /* @__PURE__ */ new Map();
  for (const text2 of references) {
    const reference = parseReference(text2);
    const value = reference?.[part];
    if (reference === void 0 || value === void 0) continue;
    const name = familiarName(reference);
    names.set(name, [...names.get(name) ?? [], value]);
  }
  return names;
}
function imageRow(image, { repository, tag, digest, trunc }) {
  const { Id, Created, Size, SharedSize, Containers } = image;
  return {
    Containers: Containers === -1 ? "N/A" : String(Containers),
    get CreatedAt() {
      return goTime(Created);
    },
    get CreatedSince() {
      return `${humanDuration(Date.now() - Created * 1e3)} ago`;
    },
    Digest: digest,
    ID: trunc ? shortId(Id) : Id,
    Repository: repository,
    get SharedSize() {
      return SharedSize === -1 ? "N/A" : humanSize(SharedSize);
    },
    get Size() {
      return humanSize(Size, 3);
    },
    Tag: tag,
    get UniqueSize() {
      return Size === -1 || SharedSize === -1 ? "N/A" : humanSize(Size - SharedSize);
    }
  };
}

// packages/cli/src/commands/images.ts
var created = "{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}";
var table = `table {{.Repository}}	{{.Tag}}	{{.ID}}	${created}	{{.Size}}`;
var digestTable = `table {{.Repository}}	{{.Tag}}	{{.Digest}}	{{.ID}}	${created}	{{.Size}}`;
var images = defineCommand({
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  operands: [0, 1],
  flags: {
    all: bool("Show all images (default hides intermediate images)", { short: "a" }),
    digests: bool("Show digests"),
    filter: filterFlag("Filter output based on conditions provided"),
    format: text(formatUsage),
    "no-trunc": bool("Don't truncate output"),
    quiet: bool("Only show image IDs", { short: "q" })
  },
  async run(cli, { flags, args: [reference] }) {
    const named = flags.format ?? (flags.quiet ? void 0 : readConfigFile(cli).imagesFormat);
    const format = chooseFormat(named, flags);
    const filters = reference === void 0 ? flags.filter : [...flags.filter, ["reference", reference]];
    const images2 = await call(cli.client, imageList, {
      all: flags.all,
      filters: filtersOf(filters),
      "shared-size": /\.(SharedSize|UniqueSize)\b/.test(format) || void 0
    });
    const options = {
      trunc: !flags["no-trunc"],
      digests: flags.digests,
      needsDigest: flags.digests || /\.Digest\b/.test(format)
    };
    const rows = images2.toSorted((a, b) => b.Created - a.Created).flatMap((image) => imageRows(image, options));
    cli.out.print(renderListing({ format, titles: imageTitles, rows }));
    return 0;
  }
});
function chooseFormat(named, { quiet, digests }) {
  if (named === void 0 || named === "" || named === "table") {
    return quiet ? "{{.ID}}" : digests ? digestTable : table;
  }
  if (named === "raw") return quiet ? "image_id: {{.ID}}" : rawFormat(digests);
  return named.startsWith("table") && digests && !named.includes("{{.Digest}}") ? `${named}	{{.Digest}}` : named;
}
function rawFormat(digests) {
  return `repository: {{ .Repository }}
tag: {{.Tag}}
${digests ? "digest: {{.Digest}}\n" : ""}image_id: {{.ID}}
created_at: {{.CreatedAt}}
virtual_size: {{.Size}}
`;
}
export {
  images
};
