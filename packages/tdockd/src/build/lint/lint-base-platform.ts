import { formatPlatform, type Platform, plainPlatform } from "../../registry/platform.ts";
import type { PlannedStage } from "../plan/graph.ts";
import type { LintReport } from "./report.ts";

/** An image that is here may be for another platform than the stage is to be. */
export function lintBasePlatform(
  { platform: wanted, stage, base }: PlannedStage,
  { os, architecture, variant }: Pick<Platform, "os" | "architecture"> & { readonly variant: string | undefined },
  report: LintReport,
): void {
  if (wanted.os === os && wanted.architecture === architecture) return;
  const actual = formatPlatform(plainPlatform({ os, architecture, ...(variant !== undefined && { variant }) }));
  const expected = formatPlatform(plainPlatform(wanted));
  const name = base.kind === "image" ? base.reference : stage.from.image;
  const message = `Base image ${name} was pulled with platform "${actual}", expected "${expected}" for current build`;
  report.add("InvalidBaseImagePlatform", stage.from.line, message);
}
