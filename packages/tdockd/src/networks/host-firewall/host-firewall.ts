import { Nft } from "../../host/nftables.ts";
import { runOrThrow } from "../../host/run-command.ts";
import type { Network } from "../network.ts";
import type { NetworkStore } from "../store.ts";
import { hasExtensions, spellOutExtensions } from "./extensions.ts";
import { droppingForwardChains, type ForwardChain, isAbout } from "./forward.ts";
import { parseRuleset, type Ruleset } from "./ruleset.ts";
import { mayDropInput, translateInput } from "./translate.ts";

/** Option of a network, and what the host's firewall has to say about its published ports then. */
export const hostFirewallOption = "com.tdock.host_firewall";

/** Large rulesets are lists of tens of thousands of addresses. */
const maxRulesetBytes = 64 << 20;

export interface HostFirewallSettings {
  /** tdockd's own table. */
  readonly ownTable: string;
  /** `ignore`: published ports are open whatever the host's firewall says, unless a network says otherwise. */
  readonly mode: "obey" | "ignore";
}

/**
 * Makes the host's own firewall count for published ports. Its rules are read, never changed; what they say is put
 * into a table of tdock's, beside the other one, and made anew when they change.
 */
export class HostFirewall implements Disposable {
  readonly #nft = new Nft("json");
  readonly #settings: HostFirewallSettings;
  readonly #records: NetworkStore;
  #loaded = "";
  #chains: readonly string[] = [];
  #mayDrop = false;
  #forward: readonly ForwardChain[] = [];

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

  /** Whether the ports of a network keep to the host's rules. */
  isObeyedBy({ options }: Network): boolean {
    return (options[hostFirewallOption] ?? this.#settings.mode) !== "ignore";
  }

  /** Brings tdock's copy in line with the host's rules and the networks there are. Throws `internal` with nft's words. */
  async sync(): Promise<void> {
    const table = `${this.#settings.ownTable}-host`;
    const { stdout } = await runOrThrow("nft", ["-j", "list", "ruleset"], { maxOutputBytes: maxRulesetBytes });
    const bridges = this.#records.list().filter(({ driver, isConfigOnly }) => driver === "bridge" && !isConfigOnly);
    const ruleset = await this.#withExtensions(stdout, parseRuleset(stdout, isOfTdock));
    this.#mayDrop = mayDropInput(ruleset);
    this.#forward = droppingForwardChains(ruleset);
    const { commands, chains } = translateInput(ruleset, {
      table,
      bridges: bridges.filter((network) => this.isObeyedBy(network)).map(({ device }) => device),
      ownDevices: bridges.map(({ device }) => device),
    });
    const script = JSON.stringify({ nftables: commands });
    if (script === this.#loaded && hasTable(stdout, table) === chains.length > 0) return;
    // Nothing to say and nothing there: most machines.
    if (chains.length > 0 || hasTable(stdout, table)) this.#nft.run(script);
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
