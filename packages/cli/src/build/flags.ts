import { bool, int, list, parsed, parsedList, text } from "../flags/flag.ts";
import { parseSize, parseSwapSize } from "../flags/size.ts";
import { parseUlimit } from "../flags/ulimit.ts";

/** Flags of `tdock build`: those of `docker buildx build` and of the classic builder, and tdock's own. */
export const buildFlags = {
  "add-host": list('Add a custom host-to-IP mapping (format: "host:ip")'),
  allow: list('Allow extra privileged entitlement (e.g., "network.host", "security.insecure")', {
    label: "stringArray",
  }),
  attest: list('Attestation parameters (format: "type=sbom,generator=image")', { label: "stringArray", hidden: true }),
  "build-arg": list("Set build-time variables", { label: "stringArray" }),
  "build-context": list('Additional build contexts (e.g., "name=path")', { label: "stringArray" }),
  "cache-from": list('External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")', {
    label: "stringArray",
  }),
  "cache-to": list('Cache export destinations (e.g., "type=inline", "type=local,dest=path/to/dir")', {
    label: "stringArray",
  }),
  "cgroup-parent": text("Set the parent cgroup for the RUN instructions during build", { hidden: true }),
  check: bool("Only look for problems in the Dockerfile"),
  compress: bool("Compress the build context", { hidden: true }),
  "cpu-period": int("Limit the CPU CFS period", { hidden: true }),
  "cpu-quota": int("Limit the CPU CFS quota", { hidden: true }),
  "cpu-shares": int("CPU shares (relative weight)", { short: "c", hidden: true }),
  "cpuset-cpus": text("CPUs in which to allow execution (0-3, 0,1)", { hidden: true }),
  "cpuset-mems": text("MEMs in which to allow execution (0-3, 0,1)", { hidden: true }),
  file: text('Name of the Dockerfile (default: "PATH/Dockerfile")', { short: "f" }),
  "force-rm": bool("Always remove intermediate containers", { hidden: true }),
  iidfile: text("Write the image ID to a file"),
  label: list("Set metadata for an image", { label: "stringArray" }),
  load: bool('Shorthand for "--output=type=docker"'),
  locked: bool("Build upon the images that tdock.lock of the context records, and no others"),
  memory: parsed("Memory limit", parseSize, { short: "m", label: "bytes", hidden: true }),
  "memory-swap": parsed("Swap limit equal to memory plus swap: -1 to enable unlimited swap", parseSwapSize, {
    label: "bytes",
    hidden: true,
  }),
  "metadata-file": text("Write build result metadata to a file"),
  network: text('Set the networking mode for the "RUN" instructions during build', { shownDefault: '"default"' }),
  "no-cache": bool("Do not use cache when building the image"),
  "no-cache-filter": list("Do not cache specified stages", { label: "stringArray" }),
  output: list('Output destination (format: "type=local,dest=path")', { short: "o", label: "stringArray" }),
  platform: text("Set target platform for build"),
  progress: text('Set type of progress output ("auto", "plain", "tty", "json", "quiet")', { shownDefault: '"auto"' }),
  provenance: text('Shorthand for "--attest=type=provenance"', { hidden: true }),
  pull: bool("Always attempt to pull all referenced images"),
  push: bool('Shorthand for "--output=type=registry"'),
  quiet: bool("Suppress the build output and print image ID on success", { short: "q" }),
  rm: bool("Remove intermediate containers after a successful build", { initial: true, hidden: true }),
  sbom: text('Shorthand for "--attest=type=sbom"', { hidden: true }),
  secret: list('Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")', { label: "stringArray" }),
  "security-opt": list("Security options", { hidden: true }),
  "shell-on-fail": bool("Open a shell in the state that a failed step left"),
  "shm-size": parsed("Shared memory size for build containers", parseSize, { label: "bytes" }),
  ssh: list('SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")', {
    label: "stringArray",
  }),
  squash: bool("Squash newly built layers into a single new layer", { hidden: true }),
  tag: list('Name and optionally a tag (format: "name:tag")', { short: "t", label: "stringArray" }),
  target: text("Set the target build stage to build"),
  ulimit: parsedList("Ulimit options", parseUlimit, { label: "ulimit" }),
} as const;
