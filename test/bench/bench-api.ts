import { type ApiAnswer, ApiClient } from "../harness/instance/api-client.ts";
import type { BenchEngine } from "./engine.ts";

/** The API of an engine that has a server. */
export interface BenchApi extends AsyncDisposable {
  /** Throws when the answer is an error. */
  readonly must: (...call: Parameters<ApiClient["call"]>) => Promise<ApiAnswer>;
}

/** Connects to the socket of an engine's DOCKER_HOST. */
export function apiOf({ name, env }: BenchEngine): BenchApi {
  const client = new ApiClient((env.DOCKER_HOST ?? "").replace("unix://", ""));
  return {
    async must(method, path, ...rest) {
      const answer = await client.call(method, path, ...rest);
      if (answer.status >= 400) throw new Error(`${name}: ${method} ${path} answered ${answer.status}`);
      return answer;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
