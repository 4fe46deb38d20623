import { Introspection as Service } from "./gen/introspection_pb.ts";
import { Version } from "./gen/version_pb.ts";
import type { CallOptions, Rpc } from "./rpc.ts";

/** A part of containerd that was built in. */
export interface Plugin {
  /** E.g. `io.containerd.snapshotter.v1`. */
  readonly type: string;
  /** E.g. `overlayfs`. */
  readonly id: string;
  /** Facts the plugin tells, e.g. `{root: "/var/lib/…"}` of a snapshotter. */
  readonly exports: Readonly<Record<string, string>>;
  /** Why it could not start; undefined when it did. */
  readonly failure: string | undefined;
}

/** What containerd tells of itself. */
export interface Introspection {
  /** E.g. `{version: "1.6.20~ds1", revision: "…"}`. */
  version(options?: CallOptions): Promise<{ readonly version: string; readonly revision: string }>;
  /** Identifies this containerd and its root folder; the same after a restart. */
  uuid(options?: CallOptions): Promise<string>;
  /** `filters` e.g. `type==io.containerd.snapshotter.v1`. */
  plugins(filters?: readonly string[], options?: CallOptions): Promise<Plugin[]>;
}

/** The version and introspection services of a connection. */
export function createIntrospection(rpc: Rpc): Introspection {
  return {
    version: async (options) => {
      const { version, revision } = await rpc.unary(Version.method.version, {}, options);
      return { version, revision };
    },
    uuid: async (options) => (await rpc.unary(Service.method.server, {}, options)).uuid,
    plugins: async (filters = [], options) => {
      const { plugins } = await rpc.unary(Service.method.plugins, { filters: [...filters] }, options);
      return plugins.map(({ type, id, exports, initErr }) => ({
        type,
        id,
        exports,
        failure: initErr?.message,
      }));
    },
  };
}
