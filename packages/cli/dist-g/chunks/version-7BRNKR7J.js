import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  clientVersion
} from "./chunk-IR6J7GL7.js";
import {
  systemVersion
} from "./chunk-KIJLNSOV.js";
import {
  inspectFormatUsage
} from "./chunk-WXQ3D7DG.js";
import {
  alignTabs
} from "./chunk-AKM4CKU3.js";
import {
  compileTemplate
} from "./chunk-K6GYZVAU.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  none
} from "./chunk-TYEFKKFM.js";
import {
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import {
  maxApiVersion
} from "./chunk-UIKEASUR.js";

// packages/cli/src/commands/version.ts
var layout = `{{with .Client -}}
Client:
 Version:	{{.Version}}
 API version:	{{.APIVersion}}{{if ne .APIVersion .DefaultAPIVersion}} (downgraded from {{.DefaultAPIVersion}}){{end}}
 Node version:	{{.NodeVersion}}
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
var version = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: { format: text(inspectFormatUsage, { short: "f" }) },
  async run(cli, { flags }) {
    const { format = "" } = flags;
    const template = compileTemplate(format === "" ? layout : format === "json" ? "{{json .}}" : format);
    const { server, error } = await askServer(cli);
    const text2 = template.render({ Client: clientMembers(cli, error === void 0), Server: server });
    cli.out.print(format === "" ? alignTabs(text2, { minimumWidth: 20, padding: 1 }) : `${text2}
`);
    if (error !== void 0) cli.err.print(`${error.message}
`);
    return error === void 0 ? 0 : 1;
  }
});
var shortVersion = defineCommand({
  usage: "",
  operands: none,
  flags: {},
  async run(cli) {
    cli.out.print(`tdock version ${clientVersion}
`);
    return 0;
  }
});
async function askServer(cli) {
  try {
    return { server: serverMembers(await call(cli.client, systemVersion, {})) };
  } catch (thrown) {
    return { server: null, error: TdockError.from(thrown) };
  }
}
function clientMembers(cli, isConnected) {
  return withGoName({
    Version: clientVersion,
    ApiVersion: isConnected ? cli.client.apiVersion : maxApiVersion,
    DefaultAPIVersion: maxApiVersion,
    NodeVersion: process.version,
    GitCommit: "",
    GoVersion: "",
    Os: process.platform,
    Arch: goArchitecture(process.arch),
    BuildTime: "",
    Context: "default"
  });
}
function serverMembers(server) {
  const components = (server.Components ?? []).map(
    (component) => (
      // Not enumerable: `json` shows what the engine said.
      Object.defineProperty({ ...component }, "Shown", {
        value: detailLines(component.Details)
      })
    )
  );
  return withGoName({ ...server, Platform: server.Platform ?? { Name: "" }, Components: components });
}
function detailLines(details) {
  const lines = Object.entries(details).map(([name, value]) => ({ Title: titles[name] ?? name, Text: value, name }));
  const minimum = details.MinAPIVersion;
  return lines.filter(({ name }) => name !== "MinAPIVersion" && name !== "Arch" && name !== "KernelVersion").map(({ Title, Text, name }) => {
    if (name === "ApiVersion" && minimum !== void 0)
      return { Title, Text: `${Text} (minimum version ${minimum})` };
    return { Title, Text: name === "Os" && details.Arch !== void 0 ? `${Text}/${details.Arch}` : Text };
  });
}
var titles = {
  ApiVersion: "API version",
  GoVersion: "Go version",
  GitCommit: "Git commit",
  BuildTime: "Built",
  Os: "OS/Arch"
};
function withGoName(members) {
  return Object.defineProperty({ ...members }, "APIVersion", { value: members.ApiVersion, enumerable: false });
}
function goArchitecture(name) {
  return { x64: "amd64", ia32: "386" }[name] ?? name;
}
export {
  shortVersion,
  version
};
