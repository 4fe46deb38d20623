import type { ImageManifestSummary, ImageSummary } from "@tdock/api/images";
import { describe, expect, it } from "vitest";
import { imageTree } from "./image-tree.ts";

function manifest(id: string, platform: object, Available = true): ImageManifestSummary {
  const digest = `sha256:${id.repeat(64)}`;
  return {
    ID: digest,
    Descriptor: { digest },
    Available,
    Kind: "image",
    Size: { Total: 2_000_000, Content: 500_000 },
    ImageData: { Platform: platform, Containers: ["one"], Size: { Unpacked: 1_500_000 } },
  };
}

function image(RepoTags: string[], Manifests: ImageManifestSummary[]): ImageSummary {
  return { Id: `sha256:${"e".repeat(64)}`, RepoTags, Manifests, Size: 2_000_000 } as unknown as ImageSummary;
}

const amd64 = { os: "linux", architecture: "amd64" };
const arm = { os: "linux", architecture: "arm", variant: "v7" };

describe("imageTree", () => {
  it("aligns names and platforms, and sorts what has no name last", () => {
    const tree = imageTree(
      [image([], [manifest("a", amd64)]), image(["b:2", "b:1"], [manifest("b", amd64), manifest("c", arm)])],
      { isTerminal: false, columns: undefined },
    );

    expect(tree).toBe(`IMAGE             ID             DISK USAGE   CONTENT SIZE   EXTRA
b:1
b:2               eeeeeeeeeeee          2MB            1MB   U
├─ linux/amd64    bbbbbbbbbbbb          2MB          500kB   U
└─ linux/arm/v7   cccccccccccc          2MB          500kB   U

<untagged>        eeeeeeeeeeee          2MB          500kB   U
└─ linux/amd64    aaaaaaaaaaaa          2MB          500kB   U
`);
  });

  it("leaves out columns that a narrow terminal has no room for, and gives a long name a line of its own", () => {
    const tree = imageTree([image(["registry.example/team/app:1"], [manifest("b", amd64)])], {
      isTerminal: true,
      columns: 30,
    });

    const lines = plain(tree).split("\n");
    expect(lines.slice(1)).toEqual([
      "IMAGE             ID",
      "registry.example/team/app:1",
      "                  eeeeeeeeeeee",
      "└─ linux/amd64    bbbbbbbbbbbb",
      "",
    ]);
  });

  it("shows what is not here faint on a terminal, and lets no platform steer it", () => {
    const hostile = { os: "linux\x1b[2J", architecture: "amd64" };

    const tree = imageTree([image(["a:1"], [manifest("b", hostile, false)])], { isTerminal: true, columns: 100 });

    expect(tree).toContain("\x1b[2m└─ linux\\x1b[2J/amd64\x1b[0m");
    expect(tree).not.toContain("\x1b[2J");
  });

  it("has no styles with NO_COLOR", () => {
    const tree = imageTree([image(["a:1"], [])], { isTerminal: true, columns: 100 }, { NO_COLOR: "1" });

    expect(tree).toBe(plain(tree));
  });
});

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal codes are what is taken out
  return text.replace(/\x1b\[[\d;]*m/g, "");
}
