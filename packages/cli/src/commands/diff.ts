import { containerChanges } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";
import { text } from "../flags/flag.ts";
import { formatUsage, renderListing } from "./listing.ts";

const kinds = ["C", "A", "D"];

export const diff = defineCommand({
  usage: "CONTAINER",
  operands: exactly(1),
  flags: { format: text(formatUsage, { hidden: true }) },
  async run(cli, { flags, args: [id = ""] }) {
    if (id.trim() === "") throw new TdockError("invalid-argument", "Container name cannot be empty");
    const changes = (await call(cli.client, containerChanges, { id })) ?? [];
    const rows = changes.map(({ Path, Kind }) => ({ Path, Type: kinds[Number(Kind)] ?? "" }));
    const titles = { Path: "PATH", Type: "CHANGE TYPE" };
    const named = flags.format ?? "{{.Type}} {{.Path}}";
    const format = named === "table" ? "table {{.Type}}\t{{.Path}}" : named;
    cli.out.print(renderListing({ format, titles, rows }));
    return 0;
  },
});
