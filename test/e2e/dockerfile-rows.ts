import type { CliRow } from "./cli-rows.ts";

const features = "e2e/dockerfile.test.ts";
const build = "e2e/build.test.ts";
const clients = "e2e/build-clients.test.ts";
const cache = "e2e/build-cache.test.ts";
const parsing = "../packages/tdockd/src/build/dockerfile/stages.test.ts";
const expansion = "../packages/tdockd/src/build/dockerfile/expand.test.ts";
const mounts = "../packages/tdockd/src/build/dockerfile/run-mount.test.ts";
const modes = "../packages/tdockd/src/build/plan/file-mode.test.ts";

const describes = "records what describes containers";
const stages = "builds stages, copies between them, and records what the Dockerfile says";
const allowed = "does not give a step more than was allowed";
const refuses = "refuses what it does not offer instead of ignoring it";

const of = (file: string, test: string, ...rows: readonly string[]): CliRow[] =>
  rows.map((row) => ({ row, file, test }));

/** What a Dockerfile and its build offer, and the tests that prove it. */
export const dockerfileRows: readonly CliRow[] = [
  ...of(build, refuses, "# syntax=", "--cache-to of other kinds"),
  ...of(parsing, "takes another escape character from the directive", "# escape="),
  ...of(features, "another escape character", "# escape= in a build"),
  ...of(features, "here-documents of RUN", "RUN <<EOF"),
  ...of(features, "a here-document with an interpreter", "RUN <<EOF with a shebang"),
  ...of(parsing, "reads here-documents of COPY, quoted and chomped", "COPY <<EOF"),
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
  ...of(clients, "takes a folder or an image for the name of a FROM", "--build-context of FROM"),
  ...of(clients, "reads folders beside the context with --build-context", "--build-context name=dir"),
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
  ...of(features, "RUN --network=none", "RUN --network=none"),
  ...of(features, allowed, "RUN --network=host", "RUN --security=insecure"),
  ...of(features, "COPY --chown and --chmod", "COPY --chown", "COPY --chmod"),
  ...of(modes, "parseMode", "COPY --chmod symbolic"),
  ...of(features, "COPY --link", "COPY --link"),
  ...of(features, "COPY --parents and wildcards", "COPY --parents", "COPY wildcards"),
  ...of(features, "COPY --exclude", "COPY --exclude"),
  ...of(features, "ADD of an archive, and --unpack=false", "ADD local tar", "ADD --unpack"),
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
  ...of(build, "hides what .dockerignore names", ".dockerignore"),
  ...of(cache, "says that a cache is missing or damaged, and builds", "--cache-from"),
  ...of(
    cache,
    "takes the target's steps alone from a cache of mode=min, and from an image that has it inside",
    "--cache-to",
  ),
  ...of(build, "hands the files out with --output", "--output"),
  ...of(
    build,
    "pushes its layers compressed, under a digest that stays, and keeps the image's ID",
    "--push",
    "--metadata-file",
  ),
  ...of(build, "gives the same image again with SOURCE_DATE_EPOCH", "SOURCE_DATE_EPOCH", "--no-cache"),
  ...of("e2e/build-prune.test.ts", "lets what was not used for longest go when a build has ended", "cache ceiling"),
];
