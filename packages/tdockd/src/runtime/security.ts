import { readFile } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";
import { boundingCapabilities, machine } from "./machine.ts";
import { capabilityList } from "./spec/capabilities.ts";
import type { OciSeccomp } from "./spec/oci.ts";
import { resolveSeccomp, type SeccompProfile } from "./spec/seccomp.ts";

/** What a container or exec asks for. */
export interface SecurityRequest {
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** Docker's `--security-opt` values. */
  readonly options: readonly string[];
}

/** What it gets. */
export interface Security {
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly seccomp: OciSeccomp | undefined;
  /** With `systempaths=unconfined` nothing of /proc and /sys is hidden. */
  readonly systemPathsUnconfined: boolean;
}

/** Resolves security settings against the default profile, which is read once. */
export class SecurityResolver {
  readonly #profile: SeccompProfile | undefined;
  readonly #available = boundingCapabilities();
  readonly #resolved = new Map<string, OciSeccomp>();

  /**
   * Reads the default seccomp profile. Throws `unavailable` that names the package when it is missing and
   * unconfined was not asked for.
   */
  static async load(config: { seccompProfile: string; seccompUnconfined: boolean }): Promise<SecurityResolver> {
    if (config.seccompUnconfined) return new SecurityResolver(undefined);
    const text = await readFile(config.seccompProfile, "utf8").catch((cause: Error) => {
      throw new TdockError(
        "unavailable",
        `no seccomp profile at ${config.seccompProfile}: install golang-github-containers-common, name another with --seccomp-profile, or start with --seccomp-unconfined`,
        { cause },
      );
    });
    return new SecurityResolver(parseProfile(text));
  }

  private constructor(profile: SeccompProfile | undefined) {
    this.#profile = profile;
  }

  /** Whether containers are confined by default. */
  get hasSeccomp(): boolean {
    return this.#profile !== undefined;
  }

  /** Throws `invalid-argument` for an unknown option: a security flag that is ignored would be a hole. */
  resolve(request: SecurityRequest): Security {
    const capabilities = capabilityList({
      add: request.capAdd,
      drop: request.capDrop,
      privileged: request.privileged,
      available: this.#available,
    });
    const chosen = { noNewPrivileges: false, systemPathsUnconfined: false, seccomp: "default" };
    for (const option of request.options) applyOption(chosen, option);
    return {
      capabilities,
      noNewPrivileges: chosen.noNewPrivileges,
      systemPathsUnconfined: chosen.systemPathsUnconfined,
      seccomp: request.privileged ? undefined : this.#seccompOf(chosen.seccomp, capabilities),
    };
  }

  #seccompOf(choice: string, capabilities: readonly string[]): OciSeccomp | undefined {
    if (choice === "unconfined") return undefined;
    if (choice !== "default" && choice !== "builtin") {
      return resolveSeccomp(parseProfile(choice), capabilities, machine, { tighten: false });
    }
    if (this.#profile === undefined) return undefined;
    const key = capabilities.join();
    const known = this.#resolved.get(key) ?? resolveSeccomp(this.#profile, capabilities, machine, { tighten: true });
    this.#resolved.set(key, known);
    return known;
  }
}

interface Chosen {
  noNewPrivileges: boolean;
  systemPathsUnconfined: boolean;
  /** `default`, `builtin`, `unconfined`, or the JSON of a profile: clients send a profile's text, not its path. */
  seccomp: string;
}

function applyOption(chosen: Chosen, option: string): void {
  const mark = option.search(/[=:]/);
  const name = mark < 0 ? option : option.slice(0, mark);
  const value = mark < 0 ? "true" : option.slice(mark + 1);
  if (name === "no-new-privileges") chosen.noNewPrivileges = booleanOf(option, value);
  else if (name === "seccomp") chosen.seccomp = value;
  else if (name === "systempaths" && value === "unconfined") chosen.systemPathsUnconfined = true;
  else if (name === "apparmor" && (value === "unconfined" || value === "")) return;
  else if (name === "label" && value === "disable") return;
  else
    throw new TdockError(
      "invalid-argument",
      `invalid --security-opt: ${JSON.stringify(option)} is not supported on this host`,
    );
}

function booleanOf(option: string, value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new TdockError("invalid-argument", `invalid --security-opt: ${JSON.stringify(option)}`);
}

function parseProfile(text: string): SeccompProfile {
  try {
    const profile = JSON.parse(text) as SeccompProfile;
    if (typeof profile.defaultAction === "string") return profile;
    throw new SyntaxError("no defaultAction");
  } catch (cause) {
    throw new TdockError("invalid-argument", `opening seccomp profile failed: ${(cause as Error).message}`, { cause });
  }
}
