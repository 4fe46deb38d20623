import { TdockError } from "@tdock/errors/error";

/** What tdockd keeps of a volume: one JSON file each, beside its data. */
export interface Volume {
  readonly name: string;
  readonly createdAt: string;
  readonly driver: "local";
  /** `type`, `device`, `o`: what is mounted on the data folder while a container uses the volume. */
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * The container that an anonymous volume was made for, while it exists, or the call that is just filling it; empty
   * for named ones and for those that were left when their container went. Without its container, such a volume is left
   * over from a crash.
   */
  readonly madeFor: string;
}

/** Docker's rule for names: one path component, so that a name cannot lead anywhere. Throws `invalid-argument`. */
export function checkVolumeName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$/.test(name)) return name;
  const rule =
    name.length === 1 ? "volume name is too short, names should be at least two alphanumeric characters" : undefined;
  const message =
    rule ??
    `create ${name}: ${JSON.stringify(name)} includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`;
  throw new TdockError("invalid-argument", message);
}

/** Whether something is mounted on the data folder while the volume is in use. */
export function isMounted(volume: Volume): boolean {
  return Object.keys(volume.options).length > 0;
}
