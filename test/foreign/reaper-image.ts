import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { hostProgramEntries } from "../harness/images/host-program.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { file } from "../harness/images/tar-layer.ts";

/** Notes the labels that a client sends; once it hangs up, removes every other container that carries one of them. */
const reap = `#!/bin/sh
labels=
while read -r line; do
  labels="$labels $(echo "$line" | tr -d '\\r')"
  echo ACK
done
api="curl -s --unix-socket /var/run/docker.sock"
for label in $labels; do
  list=$($api -G --data all=1 --data-urlencode "filters={\\"label\\":[\\"\${label#label=}\\"]}" http://docker/containers/json)
  for id in $(echo "$list" | grep -o '"Id":"[0-9a-f]*"' | cut -d'"' -f4); do
    case $id in $(hostname)*) ;; *) $api -X DELETE "http://docker/containers/$id?force=1&v=1" ;; esac
  done
done
`;

/**
 * An image that does what Testcontainers expects of its reaper: it listens on port 8080, says that it has started,
 * and removes what a client that has gone away left behind, through the engine's socket at /var/run/docker.sock.
 */
export async function reaperImage(): Promise<OciImage> {
  const layers = [
    await layerOf(await busyboxEntries()),
    await layerOf([...(await hostProgramEntries("/usr/bin/curl")), file("reap", reap, 0o755)]),
  ];
  const command = ["sh", "-c", "echo Started; exec nc -ll -p 8080 -e /reap"];
  return imageOf({ layers, config: { ...busyboxConfig, Cmd: command, ExposedPorts: { "8080/tcp": {} } } });
}
