import type { RestartPolicy } from "@tdock/api/host-config";
import { invalid } from "./invalid.ts";
import { splitPair } from "./pairs.ts";

/** `no`, `always`, `unless-stopped`, `on-failure[:5]`; the engine checks the name. Throws `invalid-argument`. */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [name, count] = splitPair(text, ":");
  if (count !== undefined && name === "")
    throw invalid("invalid restart policy format: no policy provided before colon");
  if (count !== undefined && count !== "" && !/^[+-]?\d{1,9}$/.test(count)) {
    throw invalid("invalid restart policy format: maximum retry count must be an integer");
  }
  return { Name: name as NonNullable<RestartPolicy["Name"]>, MaximumRetryCount: Number(count ?? 0) };
}
