import { systemDiskUsage } from "@tdock/api/disk-usage";
import { call } from "../client/call.ts";
import { defineCommand, none } from "../command.ts";
import { sectionText } from "./disk-details.ts";
import { stepDetails } from "./disk-steps.ts";

export const builderDu = defineCommand({
  usage: "",
  operands: none,
  flags: {},
  async run(cli) {
    cli.out.print(sectionText(stepDetails(await call(cli.client, systemDiskUsage, { type: ["build-cache"] }))));
    return 0;
  },
});
