import { defineCommand, none } from "../command.ts";

/** The version whose flags of `build` are known here. Callers look for the first three numbers. */
const version = "0.12.0";

export const buildxVersion = defineCommand({
  usage: "",
  operands: none,
  flags: {},
  async run(cli) {
    cli.out.print(`github.com/docker/buildx v${version} tdock\n`);
    return 0;
  },
});
