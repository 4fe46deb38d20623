import type { CliRow } from "./cli-rows.ts";

const features = "e2e/dockerfile.test.ts";
const build = "e2e/build.test.ts";
const clients = "e2e/build-clients.test.ts";
const cache = "e2e/build-cache.test.ts";
const remote = "e2e/dockerfile-remote.test.ts";
const variables = "e2e/dockerfile-variables.test.ts";
const keys = "e2e/build-keys.test.ts";
const checks = "e2e/dockerfile-checks.test.ts";
const platforms = "e2e/build-platforms.test.ts";
const ignoring = "../packages/api/src/ignore.test.ts";
const parsing = "../packages/tdockd/src/build/dockerfile/stages.test.ts";
const expansion = "../packages/tdockd/src/build/dockerfile/expand.test.ts";
const mounts = "../packages/tdockd/src/build/dockerfile/run-mount.test.ts";
const cacheMounts = "../packages/tdockd/src/build/cache/cache-mounts.test.ts";
const flags = "e2e/build-flags.test.ts";
const modes = "../packages/tdockd/src/build/plan/file-mode.test.ts";

const describes = "records what describes containers";
const stages = "builds stages, copies between them, and records what the Dockerfile says";
const allowed = "does not give a step more than was allowed";
const expanded = "are expanded in every instruction that takes them";
const elsewhere = "builds from a git repository, a branch and folder of it, and an archive";
const refuses = "refuses what it does not offer instead of ignoring it";

const of = (file: string, test: string, ...rows: readonly string[]): CliRow[] =>
  rows.map((row) => ({ row, file, test }));

/** What a Dockerfile and its build offer, and the tests that prove it. */
export const dockerfileRows: readonly CliRow[] = [
  ...of(build, refuses, "# syntax=", "--cache-to of other kinds", "--squash"),
  ...of(features, "a directive that is given twice", "directives once each"),
  ...of(checks, "know the rule %s", "# check= rules", "--check"),
  ...of(checks, "follow # check=, for the file and for one instruction", "# check=skip", "# check= of an instruction"),
  ...of(checks, "fail a build with error=true, and else only tell", "# check=error"),
  ...of(parsing, "takes another escape character from the directive", "# escape="),
  ...of(features, "another escape character", "# escape= in a build"),
  ...of(features, "here-documents of RUN", "RUN <<EOF"),
  ...of(features, "a here-document with an interpreter", "RUN <<EOF with a shebang"),
  ...of(features, "several here-documents, of which the last command counts", "several here-documents"),
  ...of(features, "here-documents of COPY and ADD", "COPY <<EOF", "ADD <<EOF"),
  ...of(parsing, "joins continued lines and drops comments and blank lines between them", "line continuation"),
  ...of(
    build,
    stages,
    "multi-stage",
    "ARG before FROM",
    "ARG in a stage",
    "unused stages",
    "WORKDIR",
    "COPY --from=stage",
  ),
  ...of(features, "FROM scratch", "FROM scratch"),
  ...of(features, "a stage by its number", "COPY --from=number"),
  ...of(features, "COPY --from an image", "COPY --from=image"),
  ...of(features, "--target", "--target"),
  ...of(features, "FROM --platform", "FROM --platform"),
  ...of(clients, "takes a folder or an image for the name of a FROM", "--build-context of FROM"),
  ...of(clients, "reads folders beside the context with --build-context", "--build-context name=dir"),
  ...of(
    clients,
    "takes an image of an OCI layout for a name, and leaves it nowhere",
    "--build-context of an OCI layout",
  ),
  ...of(remote, "COPY --from a git repository", "--build-context of a repository"),
  ...of(remote, "COPY --from an archive's URL", "--build-context of an archive"),
  ...of(variables, expanded, "expansion by instruction"),
  ...of(variables, "an instruction sees what was before it", "expansion of a whole instruction"),
  ...of(variables, "quotes and escapes", "quotes and escapes"),
  ...of(variables, "are those of before the first FROM in FROM, and in a stage only when it says so", "global ARG"),
  ...of(variables, "an ARG with no value keeps a stage's own default", "several ARGs in a line"),
  ...of(variables, "an ARG is not there before its line", "ARG from its line on"),
  ...of(variables, "a stage has the ARGs of the stage it stands on", "ARG of a parent stage"),
  ...of(variables, "ENV goes before an ARG of its name", "ENV before ARG"),
  ...of(variables, "proxy variables, undeclared", "predefined proxy ARGs"),
  ...of(
    variables,
    "leave no trace of a proxy, and cached what was made with another",
    "proxy ARGs in history and cache",
  ),
  ...of(variables, "count as input when an ARG declares them, a proxy's too", "declared proxy ARGs"),
  ...of(variables, "platform variables, once they are declared", "platform ARGs"),
  ...of(variables, "BUILDKIT_SANDBOX_HOSTNAME", "BUILDKIT_SANDBOX_HOSTNAME"),
  ...of(
    variables,
    "keep cache mounts of different projects apart with BUILDKIT_CACHE_MOUNT_NS",
    "BUILDKIT_CACHE_MOUNT_NS",
  ),
  ...of(variables, "take SOURCE_DATE_EPOCH from the Dockerfile, too", "ARG SOURCE_DATE_EPOCH"),
  ...of(remote, elsewhere, "BUILDKIT_CONTEXT_KEEP_GIT_DIR", "context git URL", "context http tar"),
  ...of(
    platforms,
    "is the same again with SOURCE_DATE_EPOCH, and an index of one with BUILDKIT_MULTI_PLATFORM",
    "BUILDKIT_MULTI_PLATFORM",
  ),
  ...of(
    expansion,
    "expandWords",
    "$v and its escape",
    "defaults, alternatives and errors",
    "prefixes and suffixes",
    "replacements",
  ),
  ...of(build, "takes what is cached, and says why something is not", "cache", "a changed build-arg"),
  ...of(features, "SHELL and the exec form", "RUN exec form", "SHELL"),
  ...of(mounts, "parseRunMount", "RUN --mount's options"),
  ...of(features, "RUN --mount=type=bind", "RUN --mount=type=bind"),
  ...of(build, "mounts a single file of a stage, of an image and of the context", "RUN --mount=type=bind,from="),
  ...of(build, "keeps cache mounts between builds, and out of the image", "RUN --mount=type=cache"),
  ...of(features, "RUN --mount=type=tmpfs", "RUN --mount=type=tmpfs"),
  ...of(build, "shows secrets to the step alone", "RUN --mount=type=secret", "--secret"),
  ...of(
    clients,
    "forwards an SSH agent to the steps that ask for it, and to no other",
    "RUN --mount=type=ssh",
    "--ssh",
  ),
  ...of(features, "ONBUILD COPY --from and RUN --mount", "ONBUILD with --from and --mount"),
  ...of(features, "RUN --mount=type=cache from a stage, read-only and with an owner", "RUN --mount=type=cache,from="),
  ...of(cacheMounts, "gives a private folder to one at a time, and makes those wait who want it locked", "sharing="),
  ...of(features, "RUN --mount=type=secret in a variable, and in a file of its own", "RUN --mount=type=secret,env="),
  ...of(features, "RUN --security=insecure", "RUN --security=insecure that was allowed"),
  ...of(features, "RUN --network=none", "RUN --network=none"),
  ...of(features, "RUN --device", "RUN --device is refused"),
  ...of(features, allowed, "RUN --network=host", "RUN --security=insecure"),
  ...of(features, "COPY --chown and --chmod", "COPY --chown", "COPY --chmod"),
  ...of(modes, "parseMode", "COPY --chmod symbolic"),
  ...of(features, "COPY --link", "COPY --link"),
  ...of(keys, "is not what a COPY --link stands on: the layer stays the same one", "COPY --link over something else"),
  ...of(keys, "is names, modes and bytes of what is copied, and never a time", "the key of COPY"),
  ...of(keys, "is what a mount shows of a stage, not how it was made", "the key of RUN --mount"),
  ...of(
    keys,
    "is also what --link copies, its owners by the names that the image gives them",
    "COPY --link --chown=name",
  ),
  ...of(features, "COPY --parents and wildcards", "COPY --parents", "COPY wildcards"),
  ...of(features, "COPY --exclude", "COPY --exclude"),
  ...of(features, "ADD of an archive, and --unpack=false", "ADD local tar", "ADD --unpack"),
  ...of(features, "archives by what they are, whatever they are called", "COPY does not unpack"),
  ...of(remote, "ADD of a URL, with its date and for root alone", "ADD URL"),
  ...of(remote, "ADD of a URL's archive, unpacked only when asked to be", "ADD URL --unpack"),
  ...of(remote, "ADD with a token that only the URL's host is given", "HTTP_AUTH_TOKEN"),
  ...of(remote, "ADD of a git repository", "ADD git URL"),
  ...of(remote, "ADD of a git repository's branch and folder", "ADD git URL #ref:subdir"),
  ...of(remote, "ADD --keep-git-dir", "ADD --keep-git-dir"),
  ...of(remote, "ADD --checksum of a URL", "ADD --checksum of a URL"),
  ...of(remote, "ADD --checksum with the beginning of a commit", "ADD --checksum of a repository"),
  ...of(
    features,
    "takes back what a base image or a stage says",
    "HEALTHCHECK NONE",
    "ENTRYPOINT resets CMD",
    "--label",
  ),
  ...of(
    features,
    describes,
    "CMD",
    "ENTRYPOINT",
    "ENV",
    "LABEL",
    "EXPOSE",
    "USER",
    "MAINTAINER",
    "STOPSIGNAL",
    "HEALTHCHECK",
  ),
  ...of(features, "files that came into a VOLUME", "VOLUME"),
  ...of(features, "ONBUILD", "ONBUILD"),
  ...of(build, "reads a Dockerfile from standard input, with a folder or with nothing beside it", "context -"),
  ...of(
    flags,
    "reads an archive from standard input, compressed too, and a Dockerfile of it by its path",
    "context - of an archive",
  ),
  ...of(
    flags,
    "takes a Dockerfile beside the context, which names it, follows its own ignore file, and does not hold it",
    "--file beside the context",
  ),
  ...of(flags, "follows a link to it, and reads what a pipe holds", "--file of a pipe"),
  ...of(
    flags,
    "writes a tar of the files to a file and to standard output, and an archive that Docker's load takes",
    "--output type=tar",
    "--output type=docker",
  ),
  ...of(flags, "asks the registry again with --pull, and only then", "--pull"),
  ...of(flags, "tells what happens as JSON, or nothing at all", "--progress=json", "--progress=quiet"),
  ...of(
    flags,
    "shows a live view on a terminal, and opens a shell in what a failed step left",
    "--progress=auto",
    "--shell-on-fail",
  ),
  ...of(flags, "runs stages side by side, but no more than its bound", "parallel stages"),
  ...of(build, "hides what .dockerignore names", ".dockerignore"),
  ...of(ignoring, "createIgnoreMatcher", "patterns of .dockerignore"),
  ...of(features, "follows .dockerignore's rules, the Dockerfile's own file first", "<Dockerfile>.dockerignore"),
  ...of(cache, "says that a cache is missing or damaged, and builds", "--cache-from"),
  ...of(
    cache,
    "takes the target's steps alone from a cache of mode=min, and from an image that has it inside",
    "--cache-to",
  ),
  ...of(build, "hands the files out with --output", "--output"),
  ...of(platforms, "hands out the files of each platform in a folder of its own", "--output type=local of several"),
  ...of(
    "foreign/buildkit-control.test.ts",
    "sends the images of all platforms to a client that takes an OCI layout",
    "oci",
  ),
  ...of(platforms, "saves the index as a layout of all its images, which loads again", "--output type=oci"),
  ...of(platforms, "makes an index, does what is the same for all once, and pushes all of it", "--platform of several"),
  ...of(platforms, "says which step needs another machine, and what can be done", "--platform without an emulator"),
  ...of(features, "builds the stages anew that --no-cache-filter names, and no others", "--no-cache-filter"),
  ...of(features, "shows all that a step prints, however much", "no limit of a step's log"),
  ...["--add-host", "--network=none", "--ulimit", "--shm-size"].flatMap((flag) => of(features, flag, flag)),
  ...of(
    build,
    "pushes its layers compressed, under a digest that stays, and keeps the image's ID",
    "--push",
    "--metadata-file",
  ),
  ...of(
    build,
    "gives the same image again with SOURCE_DATE_EPOCH, on another data root, too",
    "SOURCE_DATE_EPOCH",
    "--no-cache",
  ),
  ...of("../packages/tdockd/src/build/steps/secret-mask.test.ts", "SecretMask", "secrets in a step's output"),
  ...of("../packages/tdockd/src/build/cache/explain.test.ts", "explainMiss", "why a step is not cached"),
  ...of("../packages/cli/src/build/tty-view.test.ts", "TtyView", "--progress=tty"),
  ...of(build, "carry it out once", "a step that two builds need at once"),
  ...of(build, "says why %s failed, and opens its state", "--from-step"),
  ...of(
    "foreign/buildkit-client.test.ts",
    "names an image as its output says, and makes none where it would have to go elsewhere",
    "outputs of BuildKit's clients",
  ),
  ...of("foreign/dockerode.ts", "builds an image with version %s of the builder", "dockerode"),
  ...of(
    "foreign/testcontainers.ts",
    "builds a Dockerfile with arguments and a target, and runs what comes of it",
    "testcontainers",
  ),
  ...of(
    "foreign/python.ts",
    "builds an image with arguments, and raises what a step that fails says",
    "Docker's SDK for Python",
  ),
  ...of(
    "foreign/docker-compose.test.ts",
    "builds a service's image from its folder, and anew when its files change",
    "docker-compose build",
  ),
  ...of("e2e/build-prune.test.ts", "makes as much room as --min-free-space wants, but keeps --reserved-space", "prune"),
  ...of("faults/limits.test.ts", "says so of a %s of a build, keeps nothing of it, and builds on", "a full disk"),
  ...of("e2e/build-prune.test.ts", "lets what was not used for longest go when a build has ended", "cache ceiling"),
];
