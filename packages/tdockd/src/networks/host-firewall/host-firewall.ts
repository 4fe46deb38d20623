import { Nft } from "../../host/nftables.ts";
import { runOrThrow } from "../../host/run-command.ts";
import type { Network } from "../network.ts";
import type { NetworkStore } from "../store.ts";
import { hasExtensions, spellOutExtensions } from "./extensions.ts";
import { droppingForwardChains, type ForwardChain, isAbout } from "./forward.ts";
import { passCommands } from "./pass.ts";
import { parseRuleset, type Ruleset } from "./ruleset.ts";
import { mayDropInput, translateInput } from "./translate.ts";

/** Option of a network, and what the host's firewall has to say about its published ports then. */
export const hostFirewallOption = "com.tdock.host_firewall";

/** Large rulesets are lists of tens of thousands of addresses. */
const maxRulesetBytes = 64 << 20;

export interface HostFirewallSettings {
  /** tdockd's own table. */
  readonly ownTable: string;
  /** `ignore`: containers send and are reached whatever the host's firewall says, unless a network says otherwise. */
  readonly mode: "obey" | "ignore";
}

/**
 * Makes the host's own firewall count for published ports. Its rules are read, and what they say is put into a table of
 * tdock's, beside the other one, and made anew when they change. Only for a network that ignores the firewall are rules
 * put into the host's own chains: those that pass nothing on (pass.ts).
 */
export class HostFirewall implements Disposable {
  readonly #nft = new Nft("json");
  readonly #settings: HostFirewallSettings;
  readonly #records: NetworkStore;
  #loaded = "";
  #chains: readonly string[] = [];
  #mayDrop = false;
  #forward: readonly ForwardChain[] = [];
  /** One at a time: two that look at once would both put in the same rules. */
  #syncing: Promise<void> = Promise.resolve();

  constructor(records: NetworkStore, settings: HostFirewallSettings) {
    this.#records = records;
    this.#settings = settings;
  }

  /** The host's chains that published ports keep to, e.g. `inet filter input`. */
  get chains(): readonly string[] {
    return this.#chains;
  }

  /** Whether the host's firewall may keep containers from what listens on the host, tdock's DNS server among it. */
  get mayDrop(): boolean {
    return this.#mayDrop;
  }

  /** The host's chains that let nothing pass to a network's containers or from them, as far as the host has no rule for it. */
  chainsAgainst({ device }: Pick<Network, "device">): string[] {
    return this.#forward.filter((chain) => !isAbout(chain, device)).map(({ name }) => name);
  }

  /** Whether networks that come and go change anything here. */
  get hasChains(): boolean {
    return this.#chains.length > 0 || this.#forward.length > 0;
  }

  /** Whether the ports of a network keep to the host's rules. */
  isObeyedBy({ options }: Network): boolean {
    return (options[hostFirewallOption] ?? this.#settings.mode) !== "ignore";
  }

  /** Brings tdock's copy in line with the host's rules and the networks there are. Throws `internal` with nft's words. */
  async sync(): Promise<void> {
    const turn = this.#syncing.then(() => this.#sync());
    this.#syncing = turn.catch(() => {});
    await turn;
  }

  async #sync(): Promise<void> {
    const bridges = this.#records.list().filter(({ driver, isConfigOnly }) => driver === "bridge" && !isConfigOnly);
    const [obeying, ignoring] = [true, false].map((obeys) =>
      bridges.filter((network) => this.isObeyedBy(network) === obeys).map(({ device }) => device),
    ) as [string[], string[]];
    const found = await this.#read();
    this.#obey(found, { obeying, ownDevices: bridges.map(({ device }) => device) });
    this.#forward = droppingForwardChains(found.ruleset);
    const passes = passCommands(found.ruleset, { mark: this.#settings.ownTable, devices: ignoring });
    if (passes.length === 0) return;
    this.#nft.run(JSON.stringify({ nftables: passes }));
    this.#forward = droppingForwardChains((await this.#read()).ruleset);
  }

  async #read(): Promise<{ readonly json: string; readonly ruleset: Ruleset }> {
    const { stdout } = await runOrThrow("nft", ["-j", "list", "ruleset"], { maxOutputBytes: maxRulesetBytes });
    return { json: stdout, ruleset: await this.#withExtensions(stdout, parseRuleset(stdout, isOfTdock)) };
  }

  #obey(
    { json, ruleset }: { readonly json: string; readonly ruleset: Ruleset },
    { obeying, ownDevices }: { readonly obeying: readonly string[]; readonly ownDevices: readonly string[] },
  ): void {
    const table = `${this.#settings.ownTable}-host`;
    this.#mayDrop = mayDropInput(ruleset);
    const { commands, chains } = translateInput(ruleset, { table, bridges: obeying, ownDevices });
    const script = JSON.stringify({ nftables: commands });
    if (script === this.#loaded && hasTable(json, table) === chains.length > 0) return;
    // Nothing to say and nothing there: most machines.
    if (chains.length > 0 || hasTable(json, table)) this.#nft.run(script);
    this.#loaded = script;
    this.#chains = chains;
  }

  /** Only where iptables made rules with any. */
  async #withExtensions(json: string, ruleset: Ruleset): Promise<Ruleset> {
    if (!hasExtensions(json)) return ruleset;
    const listing = await runOrThrow("nft", ["-a", "list", "ruleset"], { maxOutputBytes: maxRulesetBytes });
    return { ...ruleset, rules: spellOutExtensions(ruleset.rules, listing.stdout) };
  }

  [Symbol.dispose](): void {
    this.#nft[Symbol.dispose]();
  }
}

/** The tables of every tdockd on this machine: none of them is the host's firewall. */
function isOfTdock(table: string): boolean {
  return table === "tdock" || table.startsWith("tdock-");
}

function hasTable(ruleset: string, table: string): boolean {
  return ruleset.includes(`"name": "${table}"`);
}
