import { containerList } from "@tdock/api/containers";
import { imageList } from "@tdock/api/images";
import { networkList } from "@tdock/api/networks";
import { volumeList } from "@tdock/api/volumes";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { own } from "../registry/entry.ts";

type Names = (cli: Cli) => Promise<readonly string[]>;

const kinds = [
  { word: /\bCONTAINER\b|\bNAME\|ID\b/, group: "container", list: containerNames },
  { word: /\b\w*IMAGE\b|\bNAME\|ID\b/, group: "image", list: imageNames },
  { word: /\bNETWORK\b|\bNAME\|ID\b/, group: "network", list: networkNames },
  { word: /\bVOLUME\b|\bNAME\|ID\b/, group: "volume", list: volumeNames },
];

/** Names of what a command works on, as its usage line calls it, or its group. */
export async function namesFor(cli: Cli, usage: string, group: string | undefined): Promise<readonly string[]> {
  const wanted = kinds.filter(({ word, group: own }) => word.test(usage) || own === group);
  return (await Promise.all(wanted.map(({ list }) => list(cli)))).flat();
}

const fixed =
  (...values: string[]): Names =>
  async () =>
    values;

const valuesByFlag: Readonly<Record<string, Names>> = {
  "log-driver": fixed("json-file", "local", "none"),
  net: networkNames,
  network: networkNames,
  progress: fixed("auto", "json", "plain", "quiet", "tty"),
  pull: fixed("always", "missing", "never"),
  restart: fixed("always", "no", "on-failure", "unless-stopped"),
  signal: fixed("HUP", "INT", "KILL", "QUIT", "TERM", "USR1", "USR2"),
  type: fixed("container", "image", "network", "volume"),
  volume: volumeNames,
  "volumes-from": containerNames,
};

/** What may follow a flag; the shell offers files where nothing is known. */
export async function valuesOf(cli: Cli, flag: string): Promise<readonly string[]> {
  return (await own(valuesByFlag, flag)?.(cli)) ?? [];
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
