import { TdockError } from "@tdock/errors/error";
import * as v from "valibot";

const strings = v.optional(v.array(v.string()), []);
const number = v.optional(v.pipe(v.number(), v.integer()));

const edits = v.looseObject({
  env: strings,
  deviceNodes: v.optional(
    v.array(
      v.looseObject({
        path: v.pipe(v.string(), v.startsWith("/")),
        hostPath: v.optional(v.string()),
        type: v.optional(v.picklist(["", "b", "c", "u", "p"])),
        major: number,
        minor: number,
        fileMode: number,
        permissions: v.optional(v.string()),
        uid: number,
        gid: number,
      }),
    ),
    [],
  ),
  mounts: v.optional(
    v.array(
      v.looseObject({
        hostPath: v.string(),
        containerPath: v.pipe(v.string(), v.startsWith("/")),
        options: strings,
        type: v.optional(v.string()),
      }),
    ),
    [],
  ),
  hooks: v.optional(
    v.array(
      v.looseObject({
        hookName: v.picklist([
          "prestart",
          "createRuntime",
          "createContainer",
          "startContainer",
          "poststart",
          "poststop",
        ]),
        path: v.pipe(v.string(), v.startsWith("/")),
        args: strings,
        env: strings,
        timeout: number,
      }),
    ),
    [],
  ),
  additionalGids: v.optional(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), []),
});

const specification = v.looseObject({
  cdiVersion: v.string(),
  kind: v.pipe(v.string(), v.regex(/^[a-zA-Z][\w.-]*\/[a-zA-Z][\w-]*$/)),
  devices: v.array(v.looseObject({ name: v.string(), containerEdits: v.optional(edits, {}) })),
  containerEdits: v.optional(edits, {}),
});

/** What a device asks to be changed of a container. */
export type CdiEdits = v.InferOutput<typeof edits>;

/** One file of device descriptions. */
export type CdiSpecification = v.InferOutput<typeof specification>;

/**
 * Reads one specification, JSON or YAML, as https://github.com/cncf-tags/container-device-interface describes it.
 * Throws `invalid-argument` that names the file.
 */
export async function parseSpecification(text: string, path: string): Promise<CdiSpecification> {
  // Loaded only where a machine has such devices: few do.
  const { parse } = await import("yaml");
  try {
    const read = v.parse(specification, parse(text));
    for (const one of [read.containerEdits, ...read.devices.map((device) => device.containerEdits)]) checkKnown(one);
    return read;
  } catch (cause) {
    const reason = cause instanceof v.ValiError ? `${v.getDotPath(cause.issues[0])}: ${cause.message}` : cause;
    throw new TdockError("invalid-argument", `CDI specification ${path}: ${reason}`, { cause });
  }
}

/** What would be left out in silence must be refused: a device may be unsafe without it. */
function checkKnown(one: CdiEdits): void {
  const unknown = Object.keys(one).find((member) => !(member in edits.entries));
  if (unknown !== undefined) throw new TypeError(`containerEdits.${unknown} is not supported`);
}
