import { type SystemVersion, systemVersion } from "@tdock/api/system";
import { maxApiVersion } from "@tdock/api/version";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { clientVersion } from "../client-version.ts";
import { defineCommand, none } from "../command.ts";
import { text } from "../flags/flag.ts";
import { alignTabs } from "../terminal/tab-writer.ts";
import { compileTemplate } from "../terminal/template/template.ts";
import type { Dot, Value } from "../terminal/template/value.ts";
import { inspectFormatUsage } from "./inspect-output.ts";

/** Docker's layout; components other than the engine show all their details. */
const layout = `{{with .Client -}}
Client:
 Version:	{{.Version}}
 API version:	{{.APIVersion}}{{if ne .APIVersion .DefaultAPIVersion}} (downgraded from {{.DefaultAPIVersion}}){{end}}
 Bun version:	{{.BunVersion}}
 OS/Arch:	{{.Os}}/{{.Arch}}
 Context:	{{.Context}}
{{- end}}
{{- if .Server}}{{with .Server}}

Server:{{if .Platform.Name}} {{.Platform.Name}}{{end}}
 {{- range .Components}}
 {{.Name}}:
  Version:	{{.Version}}
  {{- range .Shown}}
  {{.Title}}:	{{.Text}}
  {{- end}}
 {{- end}}
{{- end}}{{end}}
`;

export const version = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: { format: text(inspectFormatUsage, { short: "f" }) },
  async run(cli, { flags }) {
    const { format = "" } = flags;
    const template = compileTemplate(format === "" ? layout : format === "json" ? "{{json .}}" : format);
    const { server, error } = await askServer(cli);
    const members = { Client: clientMembers(cli, error === undefined), Server: server };
    try {
      const text = template.render(members);
      cli.out.print(format === "" ? alignTabs(text, { minimumWidth: 20, padding: 1 }) : `${text}\n`);
    } catch (thrown) {
      // That nobody answers is why a template of the server's members finds nothing.
      throw error ?? thrown;
    }
    if (error !== undefined) throw error;
    return 0;
  },
});

export const shortVersion = defineCommand({
  usage: "",
  operands: none,
  flags: {},
  async run(cli) {
    cli.out.print(`tdock version ${clientVersion}\n`);
    return 0;
  },
});

/** The engine's answer; an engine that cannot be reached leaves the client's part to be shown. */
async function askServer(cli: Cli): Promise<{ server: Value; error?: TdockError }> {
  try {
    return { server: serverMembers(await call(cli.client, systemVersion, {})) };
  } catch (thrown) {
    return { server: null, error: TdockError.from(thrown) };
  }
}

function clientMembers(cli: Cli, isConnected: boolean): Dot {
  return withGoName({
    Version: clientVersion,
    ApiVersion: isConnected ? cli.client.apiVersion : maxApiVersion,
    DefaultAPIVersion: maxApiVersion,
    BunVersion: process.versions.bun ?? "",
    GitCommit: "",
    GoVersion: "",
    Os: process.platform,
    Arch: goArchitecture(process.arch),
    BuildTime: "",
    Context: "default",
  });
}

function serverMembers(server: SystemVersion): Dot {
  const components = (server.Components ?? []).map((component) =>
    // Not enumerable: `json` shows what the engine said.
    Object.defineProperty({ ...component }, "Shown", {
      value: detailLines(component.Details as Record<string, string>),
    }),
  );
  return withGoName({ ...server, Platform: server.Platform ?? { Name: "" }, Components: components } as unknown as Dot);
}

/** Docker's titles and order for the engine's details; the others come as they are. */
function detailLines(details: Readonly<Record<string, string>>): Dot[] {
  const lines = Object.entries(details).map(([name, value]) => ({ Title: titles[name] ?? name, Text: value, name }));
  const minimum = details.MinAPIVersion;
  return lines
    .filter(({ name }) => name !== "MinAPIVersion" && name !== "Arch" && name !== "KernelVersion")
    .map(({ Title, Text, name }) => {
      if (name === "ApiVersion" && minimum !== undefined)
        return { Title, Text: `${Text} (minimum version ${minimum})` };
      return { Title, Text: name === "Os" && details.Arch !== undefined ? `${Text}/${details.Arch}` : Text };
    });
}

const titles: Readonly<Record<string, string>> = {
  ApiVersion: "API version",
  GoVersion: "Go version",
  GitCommit: "Git commit",
  BuildTime: "Built",
  Os: "OS/Arch",
};

/** Templates say `.APIVersion` and `.MinAPIVersion`; JSON says `ApiVersion`. */
function withGoName(members: Dot): Dot {
  return Object.defineProperty({ ...members }, "APIVersion", { value: members.ApiVersion, enumerable: false });
}

function goArchitecture(name: string): string {
  return { x64: "amd64", ia32: "386" }[name] ?? name;
}
