import type { CliRow } from "../e2e/cli-rows.ts";

const archives = "faults/hostile-archives.test.ts";
const doors = "faults/hostile-archives/doors.ts";
const layers = "harness/images/hostile-layers.ts";
const tars = "harness/images/hostile-tars.ts";
const decompression = "faults/decompression.test.ts";
const copying = "faults/hostile-containers/copying.ts";
const transfer = "e2e/image-transfer.test.ts";
const hostile = "faults/hostile-registry.test.ts";
const documents = "harness/hostile/documents.ts";
const integrity = "harness/hostile/integrity.ts";
const access = "harness/hostile/access.ts";
const interruptions = "harness/hostile/interruptions.ts";
const leads = "harness/hostile/leads.ts";
const flaky = "faults/flaky-registry.test.ts";
const push = "faults/hostile-push.test.ts";
const tls = "faults/registry-tls.test.ts";
const unreachable = "faults/unreachable-registry.test.ts";
const distribution = "e2e/oci-distribution.test.ts";
const sets = "harness/images/distribution-sets.ts";
const unit = "../packages/tdockd/src/";

const refused = "fails with a message and leaves no image";
const bomb = "is refused in little memory, and nothing of it stays: %s";

const of = (row: string, ...tests: readonly (readonly [file: string, ...names: readonly string[]])[]): CliRow[] =>
  tests.flatMap(([file, ...names]) => names.map((test) => ({ row: `${row}: ${test}`, file, test })));

/** What archives of strangers try, and the tests of it. Each archive goes through all of the doors. */
export const archiveRows: readonly CliRow[] = [
  ...of("all doors", [archives, "is refused or stays inside, shows nothing of the host, and the server lives on"]),
  ...of("all doors", [doors, "build ADD", "cp in"]),
  ...of("A1 names that leave", [layers, "absolute-name", "parent-name", "only-slashes", "backslash-name"]),
  ...of("A2 symlink, then a file", [layers, "symlink-then-file", "symlink-of-earlier-layer", "symlink-chain"]),
  ...of("A3 hard links", [layers, "hardlink-absolute", "hardlink-through-symlink", "hardlink-to-symlink"]),
  ...of("A4 metadata", [layers, "mode-through-symlink", "attribute-through-symlink", "folder-over-symlink"]),
  ...of("A5 whiteouts", [layers, "whiteout-parent", "whiteout-climbing", "opaque-through-symlink"]),
  ...of("A6 devices", ["faults/hostile-layers.test.ts", "lets no container use the devices that its image brings"]),
  ...of("A7 bombs", [decompression, bomb, "gzip of 6 GiB", "zstd of 6 GiB", "zstd with a window of 2 GiB"]),
  ...of("A7 bombs", [decompression, "gzip in gzip", "that wants a dictionary of 4 GiB is refused by import and by cp"]),
  ...of("A7 sizes that lie", [tars, "sparse-of-an-exabyte", "size-overridden", "size-negative", "size-largest"]),
  ...of("A8 whose program", [decompression, "is decompressed by no program of the image that ADD puts it into"]),
  ...of("A8 whose program", [copying, "runs no program of the container, also to decompress what is copied in"]),
  ...of("A9 names as paths", [transfer, "a configuration outside the archive", "an absolute layer"]),
  ...of("A9 names as paths", [transfer, "a layer that links to a file of the host", "a member that is missing"]),
  ...of("A9 names as paths", [transfer, "two files of one name, of which the last is none"]),
  ...of("A10 long documents", [transfer, "a document that is too long", "an index that is too long"]),
  ...of("A10 long documents", [transfer, "layers by the hundred thousand"]),
  ...of("A10 long documents", [decompression, "that has a %s of 4 GiB is refused by load, unread"]),
  ...of("A11 deep and odd", [tars, "very-deep", "name-of-64-kib", "names-no-text", "name-with-newline"]),
  ...of("A11 wide", [
    "faults/many-files.test.ts",
    "takes, through %s, time that grows as their number does, and little memory",
  ]),
  ...of("A11 names are bytes", [
    archives,
    "through %s: names that are no text stay what they are, byte by byte",
    "whose names are no text goes from image to image and into volumes as it is",
  ]),
  ...of("A11 names are bytes", [
    `${unit}host/extract-in-root.itg.test.ts`,
    "keeps names that are not UTF-8, in folders and links too, capabilities, and times before 1970",
  ]),
  ...of("A11 names are bytes", ["e2e/build-context.test.ts", "may have names that are no text, and links to such: %s"]),
  ...of("A12 damage", [tars, "wrong-checksum"], [layers, "type-changes"]),
  ...of("A12 damage", [decompression, "gzip that is cut off", "zstd that is cut off"]),
  ...of("A12 damage", [
    "faults/damaged-layers.test.ts",
    "is refused, or the image is right, and the whole one is taken afterwards",
  ]),
  ...of("A12 damage", [transfer, "refuses an archive that is cut off"]),
  ...of("A13 diff IDs", [transfer, "refuses layers whose content is not what the configuration states"]),
  ...of("A13 diff IDs", [documents, "config-diff-id-wrong", "config-diff-ids-missing"]),
];

const builds = "faults/hostile-builds.test.ts";
const keys = "e2e/build-keys.test.ts";
const building = "e2e/build.test.ts";
const remote = "e2e/dockerfile-remote.test.ts";

/** What builds of strangers try, and the tests of it. */
export const buildRows: readonly CliRow[] = [
  ...of("G1 escapes", [builds, "are refused: %s", "stay inside: %s", "COPY to a climbing link of the image"]),
  ...of("G1 escapes", [builds, "COPY --from a stage's link", "an ignore file that names what is above"]),
  ...of("G1 escapes", [
    builds,
    "are refused when their Dockerfile is a link out of the context, or named by a path above it",
  ]),
  ...of("G2 mounts", [builds, "RUN --mount from a stage's link", "RUN --mount of a link of the context"]),
  ...of("G2 mounts", [builds, "a mount through a link of the image", "a cache named like a path"]),
  ...of("G2 mounts", [builds, "stay inside though two steps swap what is mounted from a cache that they share"]),
  ...of("G3 stubs", [builds, "a stub's folder that becomes a link to an empty file of the host"]),
  ...of("G3 stubs", [builds, "a stub's folder that becomes a link to an empty folder of the host"]),
  ...of("G4 repositories", [`${unit}build/remote/git-reference.test.ts`, "refuses %j"]),
  ...of("G4 repositories", [builds, "a submodule by file://", "a folder of a repository that is a link"]),
  ...of("G4 repositories", [
    builds,
    "are refused a file of the host through a link of a repository that is the context",
  ]),
  ...of(
    "G5 frontends",
    [builds, "names a frontend"],
    [building, "refuses what it does not offer instead of ignoring it"],
  ),
  ...of("G6 poisoning", [keys, "is names, modes and bytes of what is copied, and never a time"]),
  ...of("G6 poisoning", [keys, "is a health check, a user, a variable, and no image that only looks like the step"]),
  ...of("G7 parser", [builds, "is huge", "is binary", "doubles a variable", "stands on itself"]),
  ...of("G7 parser", [builds, "end where triggers would go on for ever"]),
  ...of("G7 parser", [`${unit}build/dockerfile/generated.test.ts`, "says what is wrong with it and where, soon"]),
  ...of("G8 secrets", [building, "shows secrets to the step alone"]),
  ...of("G8 secrets", [
    "e2e/build-cache.test.ts",
    "writes a cache that its folder's owner owns, and no build argument or secret is in it",
  ]),
  ...of("G9 URLs", [builds, "are downloaded in little memory, and not on when the client has gone"]),
  ...of("G9 URLs", [builds, "a URL that leads in a circle", "a URL that leads to a file"]),
  ...of("G9 URLs", [remote, "a URL that leads to this machine's metadata", "other bytes than were promised"]),
  ...of("G9 URLs", [remote, "ADD of a URL's archive, unpacked only when asked to be"]),
  ...of("G10 isolation", [
    builds,
    "have what containers have: capabilities, filter, hidden files, bounds, no descriptor and no variable of the server",
    "cannot take all processes of the host",
  ]),
  ...of("G10 isolation", [building, "ends the step when the client goes away"]),
  ...of("D1 working folders", [builds, "are refused WORKDIR /proc/self/fd/%d"]),
  ...of("D2 users", [builds, "are refused USER %s"]),
  ...of("D3 /etc/passwd", [builds, "find nobody by a name when /etc/passwd %s"]),
  ...of("D9 system folders", [builds, "run nothing over a /%s that is a link"]),
];

/** What registries try on those who pull from them, and the tests of it. */
export const hostileRegistryRows: readonly CliRow[] = [
  ...of("all", [hostile, refused, "kept no byte that is not what its digest says"]),
  ...of("C1 wrong bytes", [integrity, "layer-changed", "layer-swapped", "config-changed", "manifest-changed"]),
  ...of("C1 wrong bytes", [integrity, "manifest-padded-behind-an-index", "digest-header-lies"]),
  ...of("C1 wrong bytes", [hostile, "refuses a layer that has become another one since the last pull"]),
  ...of("C1 wrong bytes", [interruptions, "resumed-with-other-bytes"]),
  ...of("C2 digests that are none", [hostile, "never asked for a path that a malformed digest made"]),
  ...of("C2 digests that are none", [documents, "config-digest-traversal", "index-digest-traversal"]),
  ...of("C2 digests that are none", [integrity, "digest-header-malformed"]),
  ...of("C3 ambiguous documents", [documents, "manifest-ambiguous", "manifest-type-disagrees"]),
  ...of("C4 another's digest", [
    hostile,
    "refuses a digest that the named repository has not, though another one has it",
  ]),
  ...of("C5 credentials", [hostile, "never showed a credential to another origin"]),
  ...of("C5 credentials", [access, "realm-foreign-bearer", "redirect-layer-foreign", "layer-urls-foreign"]),
  ...of("C6 downgrade", [tls, "is refused when the certificate, though its authority is known, %s"]),
  ...of("C6 downgrade", [tls, "is refused when it is led from https to http"]),
  ...of("C6 downgrade", [
    "faults/insecure-registry.test.ts",
    "are taken at it, over TLS, where they are listed, and nowhere else",
    "are asked without TLS where they are listed, and nowhere else",
    "get no password in the clear when they are not listed and have no TLS",
  ]),
  ...of("C7 long bodies", [documents, "manifest-endless", "manifest-too-large", "config-too-large"]),
  ...of("C7 long bodies", [access, "token-endless", "error-endless", "headers-many"]),
  ...of("C7 long bodies", [hostile, "left the server answering, and no larger than before"]),
  ...of("C8 indexes", [sets, "indexes that name the same a thousand times"]),
  ...of("C8 indexes", [documents, "index-of-itself", "index-deep", "index-wide", "layers-by-the-thousand"]),
  ...of("C9 sizes", [integrity, "layer-size-too-small", "layer-size-beyond-integers", "layer-endless", "layer-short"]),
  ...of("C9 sizes", [access, "length-stated-twice"]),
  ...of("C10 where to", [access, "redirect-link-local", "redirect-file", "redirect-loop", "redirect-circle"]),
  ...of("C10 where to", [access, "redirect-on-and-on"], [hostile, "says where a registry leads: %s"]),
  ...of("C10 where to", [`${unit}registry/address-policy.test.ts`, "lets no registry refer to %s"]),
  ...of("C11 challenges", [`${unit}registry/challenge.test.ts`, "survives generated headers"]),
  ...of("C11 challenges", [access, "challenge-unclosed", "challenge-empty-realm", "challenge-many"]),
  ...of("C12 secrets", [hostile, "wrote no credential into its log or below its data root"]),
  ...of("C12 secrets", [
    "faults/secrets.test.ts",
    "was in no command line and no environment of what tdockd started",
    "is in nothing that is kept, logged or shown",
    "is not in what is said of failures",
  ]),
  ...of("C13 poisoning", [transfer, "lets no archive put other content into the place of another image's layers"]),
  ...of("C14 references", [`${unit}images/reference.test.ts`, "parseReference"]),
  ...of("C15 upload elsewhere", [push, "sends nothing to another origin that an upload's address leads to"]),
];

/** What fails in registries and on the way to them, and the tests of it. */
export const registryFaultRows: readonly CliRow[] = [
  ...of("R1 broken connections", [interruptions, "reset-at-start", "reset-after-one", "reset-at-half", "reset-at-end"]),
  ...of("R1 broken connections", [interruptions, "reset-then-416", "reset-then-no-range", "reset-always"]),
  ...of("R1 broken connections", [flaky, "goes on where it was when the connection breaks after every MiB"]),
  ...of("R1 broken connections", [flaky, "succeeds 99 times of 100 when 30 % of the requests fail"]),
  ...of("R2 statuses", [interruptions, "layer-502-five-times", "layer-500-always", "layer-empty-200-once"]),
  ...of("R2 statuses", [hostile, "asked once where the answer is final: %s", "asked six times at most for %s"]),
  ...of("R3 Retry-After", [hostile, "waited as long as it was told to"], [interruptions, "manifest-429-very-long"]),
  ...of("R3 Retry-After", [flaky, "makes do with what is here when the registry wants no more questions, and says so"]),
  ...of("R3 Retry-After", [interruptions, "layer-429-retry-after-negative", "layer-429-no-retry-after"]),
  ...of("R4 stalls", [
    flaky,
    "gives up waiting after half a minute and tries again, and ends when nothing moves for a minute, or next to nothing",
  ]),
  ...of("R4 stalls", [hostile, "ends at once when the client goes away, and leaves no image"]),
  ...of("R4 stalls", [interruptions, "stall-before-head", "stall-in-body"]),
  ...of("R4 stalls", [unreachable, "is told, with the cause, after some seconds"]),
  ...of("R4 stalls", [unreachable, "no server of names answers", "it is silent in the handshake"]),
  ...of("R4 stalls", [unreachable, "is waited for no longer when the client goes away"]),
  ...of("R4 stalls", [unreachable, "holds up no pull from another one, whose name is known"]),
  ...of("R5 wrong bytes", [integrity, "layer-long"], [decompression, "gzip that is cut off"]),
  ...of("R6 tokens", [interruptions, "token-used-up", "realm-500-once", "realm-500-always"]),
  ...of("R6 tokens", [access, "always-401", "always-401-bearer"]),
  ...of("R7 signed addresses", [leads, "lead-403-once", "lead-410-twice", "lead-breaks-and-expires", "lead-to-nobody"]),
  ...of("R7 signed addresses", [leads, "lead-breaks-and-refuses-range"]),
  ...of("R8 other habits", [interruptions, "no-head", "no-content-length", "no-digest-header", "type-with-parameters"]),
  ...of("R9 many clients", [flaky, "downloads once for twenty clients, whichever of them go away"]),
  ...of("R10 pushes", [
    push,
    "succeeds all the same when it %s",
    "sends only what is missing after the connection broke",
    "sends what is small with the request that completes it, and the rest before",
    "sends what it may not mount",
    "sends several layers at the same time",
  ]),
];

/** What the distribution specification asks of clients, and the tests of it. */
export const distributionRows: readonly CliRow[] = [
  ...of("pull", [distribution, "is pulled, kept to the last byte, and runs"]),
  ...of("pull", [
    sets,
    "an index in an index",
    "an index most of which is not there",
    "descriptors that hold their data",
  ]),
  ...of("pull", [sets, "a manifest whose subject is not there", "fields that nobody knows"]),
  ...of("digests by sha512", [distribution, "says that it cannot keep what is named by sha512"]),
  ...of("pull", [sets, "a layer that must not be pushed", "no layers", "a layer of no bytes", "a manifest of 4 MiB"]),
  ...of("artifacts", [distribution, "says that an artifact is no image, and copies it from registry to registry"]),
  ...of("digests are verified", [integrity, "layer-changed", "manifest-padded-behind-an-index", "digest-header-lies"]),
  ...of("types must agree", [documents, "manifest-type-disagrees"]),
  ...of("tags", [distribution, "takes tags of 128 characters, and asks nobody for longer ones"]),
  ...of("tags", ["e2e/image-paging.test.ts", "are read to their end by pull -a"]),
  ...of("push", [distribution, "is pushed as it was pulled: %s"]),
  ...of("push", ["e2e/image-push.test.ts", "mounts what another repository of the registry has"]),
  ...of("push", ["e2e/image-push.test.ts", "pushes an image that other clients read, and sends nothing twice"]),
  ...of("push", [push, "says 416 to a layer once", "forgets an upload that broke off"]),
  ...of("referrers", [
    distribution,
    "is put into the list of its subject's referrers, once, where the registry keeps none",
    "leaves the list of referrers to a registry that keeps one",
  ]),
  ...of("serving", ["e2e/image-registries.test.ts", "serves what has a tag to other clients, and nothing else"]),
];
