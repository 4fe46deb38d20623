import { expect, it } from "vitest";
import type { Engine } from "../engine.ts";
import { expireFailedSteps } from "./failed-steps.ts";

it("lets what failed steps left go when an earlier tdockd kept it for an hour, and nothing else", async () => {
  const now = new Date("2026-01-01T12:00:00Z");
  const removed: string[] = [];
  const kept = [
    { name: "docker.io/library/tdock-step:old", createdAt: new Date("2026-01-01T10:59:00Z") },
    { name: "docker.io/library/tdock-step:new", createdAt: new Date("2026-01-01T11:30:00Z") },
    { name: "docker.io/library/other:old", createdAt: new Date("2020-01-01T00:00:00Z") },
  ];
  const images = {
    names: async () => kept,
    removeName: async (name: string) => {
      removed.push(name);
    },
  } as unknown as Engine["images"];

  await expireFailedSteps({ images, now: () => now });
  await expect.poll(() => removed).toEqual(["docker.io/library/tdock-step:old"]);
});
