import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../program.ts";
import { testRoot } from "../scratch.ts";
import { compressLayer, imageOf, type OciImage } from "./oci-image.ts";

/**
 * The smallest Debian that apt works in, of this machine's release and from its mirror, so that packages can be
 * installed in it. Made once by debootstrap and kept, because that takes a minute.
 */
export async function debianImage(): Promise<OciImage> {
  const tar = await readFile(await debianArchive());
  return imageOf({ layers: [compressLayer(tar, "none")], config: { Cmd: ["bash"] } });
}

async function debianArchive(): Promise<string> {
  const { site, release } = await mirror();
  const folder = join(testRoot, "cache");
  const archive = join(folder, `debian-${release}-1.tar`);
  if (existsSync(archive)) return archive;
  await mkdir(folder, { recursive: true });
  const root = `${archive}.root`;
  await rm(root, { recursive: true, force: true });
  await mustRun("debootstrap", ["--variant=minbase", release, root, site], { timeoutMs: 600_000 });
  const left = ["var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"];
  const excluded = left.map((path) => `--exclude=./${path}/*`);
  await mustRun("tar", ["-C", root, "-c", "-f", `${archive}.part`, ...excluded, "."], { timeoutMs: 120_000 });
  await rename(`${archive}.part`, archive);
  await rm(root, { recursive: true });
  return archive;
}

/** What apt of this machine takes its own packages from. */
async function mirror(): Promise<{ readonly site: string; readonly release: string }> {
  const format = "$(REPO_URI) $(RELEASE) $(ORIGIN)";
  const targets = await mustRun("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const [, codename = ""] = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile("/etc/os-release", "utf8")) ?? [];
  const own = targets.split("\n").map((line) => line.split(" "));
  const found = own.find(([, release, origin]) => release === codename && (!origin || origin === "Debian"));
  if (found?.[0] === undefined) throw new Error(`apt has no source for ${codename}`);
  return { site: found[0], release: codename };
}
