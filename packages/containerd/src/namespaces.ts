import { isError } from "@tdock/errors/error";
import { Namespaces as Service } from "./gen/namespaces_pb.ts";
import type { CallOptions, Rpc } from "./rpc.ts";

/** containerd's namespaces (`services/namespaces/v1`): each is a world of its own. */
export interface Namespaces {
  /** Names of all namespaces. */
  list(options?: CallOptions): Promise<string[]>;
  /** Makes the namespace unless it is there. */
  ensure(name: string, options?: CallOptions): Promise<void>;
  /** `invalid-argument` (`failed-precondition`) while it holds anything. */
  delete(name: string, options?: CallOptions): Promise<void>;
}

/** The namespaces service of a connection. */
export function createNamespaces(rpc: Rpc): Namespaces {
  const { list, create, delete: remove } = Service.method;

  return {
    list: async (options) => (await rpc.unary(list, {}, options)).namespaces.map(({ name }) => name),
    ensure: async (name, options) => {
      try {
        await rpc.unary(create, { namespace: { name } }, options);
      } catch (error) {
        if (!isError(error, "conflict", "already-exists")) throw error;
      }
    },
    delete: async (name, options) => {
      await rpc.unary(remove, { name }, options);
    },
  };
}
