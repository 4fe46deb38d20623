import { TdockError } from "@tdock/errors/error";

/** What an image is built for, in the OCI image index's words (`amd64`, not `x86_64`). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

const architectureAliases: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  "x86-64": "amd64",
  x64: "amd64",
  i386: "386",
  ia32: "386",
  aarch64: "arm64",
  armhf: "arm",
  armel: "arm",
};

const knownOses = new Set(["linux", "windows", "darwin", "freebsd", "wasip1"]);
const word = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The platform this machine runs. */
export function hostPlatform(): Platform {
  return normalize({ os: "linux", architecture: process.arch });
}

/** Reads `linux/arm64/v8`, `arm64` or `linux`. Throws `invalid-argument`. Follows containerd's `platforms.Parse`. */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split("/");
  if (parts.length > 3 || parts.some((part) => !word.test(part))) {
    throw new TdockError("invalid-argument", `invalid platform ${JSON.stringify(text.slice(0, 80))}`);
  }
  const [first, second, third] = parts as [string, string?, string?];
  if (second !== undefined) {
    return normalize({ os: first, architecture: second, ...(third !== undefined && { variant: third }) });
  }
  return knownOses.has(first)
    ? { ...hostPlatform(), os: first }
    : normalize({ os: hostPlatform().os, architecture: first });
}

/** `linux/arm64/v8`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

/** As Docker's tools write it: arm64 has no variant but v8, which goes without saying. */
export function plainPlatform({ os, architecture, variant }: Platform): Platform {
  return variant === undefined || (architecture === "arm64" && variant === "v8")
    ? { os, architecture }
    : { os, architecture, variant };
}

/**
 * How well `offered` serves `wanted`: 0 not at all, higher is better. An arm machine runs the variants below its own;
 * a platform without a variant is taken to be the architecture's usual one.
 */
export function platformScore(wanted: Platform, offered: Platform): number {
  const want = normalize(wanted);
  const offer = normalize(offered);
  if (want.os !== offer.os || want.architecture !== offer.architecture) return 0;
  if (want.variant === offer.variant) return 100;
  if (want.architecture !== "arm") return want.variant === undefined || offer.variant === undefined ? 50 : 0;
  const wantLevel = variantLevel(want);
  const offerLevel = variantLevel(offer);
  return offerLevel <= wantLevel ? offerLevel : 0;
}

function normalize(platform: Platform): Platform {
  const architecture = architectureAliases[platform.architecture.toLowerCase()] ?? platform.architecture.toLowerCase();
  const variant = normalVariant(architecture, platform);
  return { os: platform.os.toLowerCase(), architecture, ...(variant !== undefined && { variant }) };
}

function normalVariant(architecture: string, platform: Platform): string | undefined {
  const variant = platform.variant?.toLowerCase();
  if (architecture === "arm64") return variant === undefined || variant === "8" ? "v8" : variant;
  if (architecture !== "arm") return variant === "" ? undefined : variant;
  if (platform.architecture.toLowerCase() === "armel") return "v6";
  return variant === undefined || variant === "" ? "v7" : variant.startsWith("v") ? variant : `v${variant}`;
}

function variantLevel({ variant }: Platform): number {
  return Number.parseInt(variant?.slice(1) ?? "7", 10) || 7;
}
