import { busyboxConfig, busyboxEntries } from "../../harness/images/busybox.ts";
import { hostProgramEntries } from "../../harness/images/host-program.ts";
import { imageOf, layerOf, type OciImage } from "../../harness/images/oci-image.ts";
import { directory, file, symlink, type TarEntry } from "../../harness/images/tar-layer.ts";

/** Configurations of an image that ask for what no image may have. Each is an image of its own. */
export const hostileConfigs: Readonly<Record<string, object>> = {
  "volume-root": { Volumes: { "/": {} } },
  "volume-proc": { Volumes: { "/proc": {} } },
  "volume-sys": { Volumes: { "/sys": {} } },
  "volume-relative": { Volumes: { "data/x": {} } },
  "signal-unknown": { StopSignal: "SIGFOO" },
  "signal-zero": { StopSignal: "0" },
  "signal-large": { StopSignal: "65" },
  "signal-negative": { StopSignal: "-1" },
  "health-kind": { Healthcheck: { Test: ["SHELL", "true"] } },
  "health-interval": { Healthcheck: { Test: ["CMD", "true"], Interval: 1 } },
  "env-nameless": { Env: ["=x"] },
  "env-nul": { Env: ["A=a\0b"] },
};

/** Roots in which a place that the runtime mounts at is not what it should be: name -> entries, or what is left out. */
export const hostileRoots: Readonly<Record<string, TarEntry>> = {
  "dev-link": symlink("dev", "/"),
  "proc-link": symlink("proc", "/tmp"),
  "sys-link": symlink("sys", "../../../.."),
  "proc-dangling": symlink("proc", "/nowhere"),
  "dev-file": file("dev", ""),
  "sys-file": file("sys", ""),
};

/** Users that must never be root, in an image whose passwd says that each of them is. */
export const hostileUsers = [
  "2147483648",
  "4294967296",
  "99999999999999999999",
  "-1",
  "0x0",
  "0abc",
  "1e3",
  " 0",
  "a:b:c",
  "nobody:99999999999",
];

/** All the images, by name. `canary` is a file of the host that some of them point at. */
export async function hostileImages(canary: string): Promise<Record<string, OciImage>> {
  const entries = await busyboxEntries();
  const base = await layerOf(entries);
  const over = async (added: readonly TarEntry[], config: object = {}) =>
    imageOf({ layers: [base, await layerOf(added)], config: { ...busyboxConfig, ...config } });
  const images: Record<string, OciImage> = {
    users: await over([file("etc/passwd", hostileUsers.map((name) => `${name}:x:0:0::/:/bin/sh\n`).join(""))]),
    links: await over(linksTo(canary)),
    folders: await over(written.map((name) => directory(name))),
    fifos: await over(written.map((name): TarEntry => ({ name, type: "fifo", mode: 0o666 }))),
    "passwd-link": await over([symlink("etc/passwd", "/proc/1/root/etc/passwd"), symlink("etc/group", "/etc/passwd")]),
    grouped: await over([
      file("etc/passwd", "root:x:0:0::/:/bin/sh\nworker:x:1000:1001::/:/bin/sh\n"),
      file("etc/group", "root:x:0:\nworker:x:1001:\nfirst:x:11:worker\nsecond:x:12:root,worker\nother:x:13:root\n"),
    ]),
    lure: await over([symlink("data", canary.replace(/\/[^/]*$/, ""))], { Volumes: { "/data": {} } }),
    fifo: await over([{ name: "etc/passwd", type: "fifo", mode: 0o644 }]),
    large: await over([file("etc/passwd", Buffer.alloc(5 << 20, "x"))]),
    bare: imageOf({
      layers: [await layerOf(entries.filter(({ name }) => !/^(dev|proc|sys)$/.test(name)))],
      config: busyboxConfig,
    }),
    labels: await over([], { Labels: restartLabels }),
    wishes: await over([], {
      HostConfig: { Privileged: true },
      Privileged: true,
      SecurityOpt: ["seccomp=unconfined"],
      CapAdd: ["ALL"],
    }),
    newline: await over([], { Env: ["HOME=/x\nroot::0:0::/:/bin/sh", "A=1", "A=2"] }),
    traps: await over(loadedPlaces.map((name): TarEntry => ({ name, type: "fifo", mode: 0o755 }))),
    syscalls: await over(await hostProgramEntries("/usr/bin/perl")),
    decompressors: await over(["xz", "unpigz", "pigz", "gzip", "igzip", "zstd", "bzip2", "tar"].map(marking)),
  };
  for (const [name, config] of Object.entries(hostileConfigs)) images[name] = await over([], config);
  for (const [name, entry] of Object.entries(hostileRoots)) {
    const kept = entries.filter((one) => one.name !== entry.name);
    images[name] = imageOf({ layers: [await layerOf([...kept, entry])], config: busyboxConfig });
  }
  return images;
}

/**
 * What a C library reads when it starts a program, looks a user up or tells the time. Whoever opens one of these in the
 * container's root never comes back (CVE-2019-14271 was a library that came with the container).
 */
const loadedPlaces = [
  ...["ld.so.cache", "ld.so.preload", "nsswitch.conf", "localtime", "host.conf", "gai.conf"].map(
    (name) => `etc/${name}`,
  ),
  ...["lib", "lib64", "usr/lib", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"].flatMap((folder) =>
    ["libnss_files.so.2", "libnss_compat.so.2", "libc.so.6"].map((name) => `${folder}/${name}`),
  ),
  "usr/lib/locale/locale-archive",
];

/** Labels by which containerd's restart monitor would run a program of the host. */
const restartLabels = {
  "containerd.io/restart.status": "running",
  "containerd.io/restart.loguri": "binary:///usr/bin/touch?/tmp/tdk-marker",
  "containerd.io/gc.root": "1",
};

/** What engines write to in a container. */
const written = ["etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", ".dockerenv"];

/** These as links to a file of the host; and links to start in. */
function linksTo(canary: string): TarEntry[] {
  return [
    ...written.map((name) => symlink(name, canary)),
    symlink("up", "../../../.."),
    symlink("cwd", "/proc/self/cwd"),
    directory("inside"),
  ];
}

/** A program that tells when it is run. */
function marking(name: string): TarEntry {
  return file(`usr/bin/${name}`, "#!/bin/sh\necho ran > /marker\n", 0o755);
}
