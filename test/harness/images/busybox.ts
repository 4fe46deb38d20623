import { readFile } from "node:fs/promises";
import { mustRun } from "../program.ts";
import { imageOf, layerOf, type OciImage } from "./oci-image.ts";
import { directory, file, hardlink, type TarEntry } from "./tar-layer.ts";

const busybox = "/bin/busybox";

/** The files of a small system around Debian's static busybox, laid out as the `busybox` image of Docker Hub. */
export async function busyboxEntries(): Promise<readonly TarEntry[]> {
  const applets = (await mustRun(busybox, ["--list"])).trim().split("\n");
  return [
    ...["bin", "dev", "etc", "home", "proc", "sys", "usr", "usr/bin", "var"].map((name) => directory(name)),
    directory("root", 0o700),
    directory("tmp", 0o1777),
    file("bin/busybox", await readFile(busybox), 0o755),
    ...applets.filter((name) => name !== "busybox").map((name) => hardlink(`bin/${name}`, "bin/busybox", 0o755)),
    hardlink("usr/bin/env", "bin/busybox", 0o755),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n"),
    file("etc/group", "root:x:0:\nnobody:x:65534:\n"),
  ];
}

/** The configuration that images on top of busybox share. */
export const busyboxConfig = {
  Cmd: ["sh"],
  Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
};

/** A one-layer image that runs on this machine. Needs Debian's busybox-static. */
export async function busyboxImage(): Promise<OciImage> {
  return imageOf({ layers: [await layerOf(await busyboxEntries())], config: busyboxConfig });
}
