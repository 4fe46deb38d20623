import { containerList } from "@tdock/api/containers";
import { imageList } from "@tdock/api/images";
import { networkList } from "@tdock/api/networks";
import { volumeList } from "@tdock/api/volumes";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { any, defineCommand, exactly } from "../command.ts";
import type { Entries, Entry } from "../registry/entry.ts";
import { own } from "../registry/entry.ts";
import { groups, topCommands } from "../registry/registry.ts";

const scripts: Readonly<Record<string, string>> = {
  bash: `_tdock() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(tdock __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _tdock tdock
`,
  zsh: `#compdef tdock
_tdock() {
  local -a words_left
  words_left=("\${(@f)$(tdock __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a words_left
}
compdef _tdock tdock
`,
  fish: `complete -c tdock -f -a '(tdock __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

export const completion = defineCommand({
  usage: "bash|zsh|fish",
  operands: exactly(1),
  flags: {},
  async run(cli, { args: [shell = ""] }) {
    const script = own(scripts, shell);
    if (script === undefined) {
      throw new TdockError("invalid-argument", `no completion for ${shell}: must be one of "bash", "zsh" or "fish"`);
    }
    cli.out.print(script);
    return 0;
  },
});

/** Called by the scripts with the words so far, the last of which is being typed: prints what it may become. */
export const complete = defineCommand({
  usage: "",
  operands: any,
  stopAtOperand: true,
  flags: {},
  async run(cli, { args }) {
    const found = await candidates(cli, args);
    const typed = args.at(-1) ?? "";
    cli.out.print(
      found
        .filter((one) => one.startsWith(typed))
        .map((one) => `${one}\n`)
        .join(""),
    );
    return 0;
  },
});

async function candidates(cli: Cli, words: readonly string[]): Promise<readonly string[]> {
  const [first = "", second = ""] = words;
  if (words.length <= 1) return [...visible(topCommands), ...Object.keys(groups)];
  const group = own(groups, first);
  const isTop = own(topCommands, first) !== undefined;
  if (!isTop && group !== undefined && words.length === 2) return visible(group.commands);
  const entry = own(topCommands, first) ?? (group && own(group.commands, second));
  if (entry === undefined) return [];
  return words.at(-1)?.startsWith("-") ? flagNames(entry) : objects(cli, isTop ? undefined : first, entry);
}

function visible(entries: Entries): string[] {
  return Object.entries(entries).flatMap(([name, { hidden }]) => (hidden ? [] : [name]));
}

async function flagNames(entry: Entry): Promise<string[]> {
  const { flags } = await entry.load();
  return Object.entries(flags).flatMap(([name, { hidden }]) => (hidden ? [] : [`--${name}`]));
}

/** Names of what a command works on, as its usage line calls it. An engine that does not answer gives none. */
async function objects(cli: Cli, group: string | undefined, entry: Entry): Promise<string[]> {
  const { usage } = await entry.load();
  const lists = [
    { word: /\bCONTAINER\b/, group: "container", list: containerNames },
    { word: /\b\w*IMAGE\b/, group: "image", list: imageNames },
    { word: /\bNETWORK\b/, group: "network", list: networkNames },
    { word: /\bVOLUME\b/, group: "volume", list: volumeNames },
  ];
  const wanted = lists.filter(({ word, group: own }) => word.test(usage) || own === group);
  return (await Promise.all(wanted.map(({ list }) => list(cli).catch(() => [])))).flat();
}

async function containerNames({ client }: Cli): Promise<string[]> {
  const containers = await call(client, containerList, { all: true });
  return containers.flatMap(({ Names = [] }) => Names.map((name) => name.replace(/^\//, "")));
}

async function imageNames({ client }: Cli): Promise<string[]> {
  return (await call(client, imageList, {})).flatMap(({ RepoTags }) => RepoTags ?? []);
}

async function networkNames({ client }: Cli): Promise<string[]> {
  return (await call(client, networkList, {})).map(({ Name = "" }) => Name);
}

async function volumeNames({ client }: Cli): Promise<string[]> {
  return ((await call(client, volumeList, {})).Volumes ?? []).map(({ Name }) => Name);
}
