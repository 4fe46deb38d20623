import type { Output } from "@tdock/api/output";

const headers = {
  "Builder-Version": "2",
  Swarm: "inactive",
  "Cache-Control": "no-cache, no-store, must-revalidate",
  Pragma: "no-cache",
};

/** Says that the server is there, and in its headers what a client may ask for. */
export async function ping(_engine: unknown, _input: unknown, out: Output): Promise<void> {
  out.begin({ contentType: "text/plain; charset=utf-8", headers: { ...headers, "Content-Length": "2" } });
  await out.write("OK");
}

/** The same without a body. */
export function pingHead(_engine: unknown, _input: unknown, out: Output): void {
  out.begin({ contentType: "text/plain; charset=utf-8", headers: { ...headers, "Content-Length": "0" } });
}
