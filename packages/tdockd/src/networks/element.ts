/** One element of a set or map of the nftables table. */
export interface Element {
  readonly set: string;
  readonly text: string;
}

/** Commands that add or delete elements, one line a set. */
export function elementCommands(verb: "add" | "delete", table: string, elements: readonly Element[]): string {
  const bySet = Map.groupBy(elements, ({ set }) => set);
  const texts = (group: readonly Element[]) =>
    group.map(({ text }) => (verb === "add" ? text : keyOf(text))).join(", ");
  return [...bySet].map(([set, group]) => `${verb} element inet ${table} ${set} { ${texts(group)} }\n`).join("");
}

/** The elements in what `nft list set` printed, with the time that they have left as their timeout. */
export function parseElements(set: string, listing: string): Element[] {
  const body = /elements = \{([^}]*)\}/.exec(listing)?.[1] ?? "";
  return body
    .split(",")
    .map((text) => text.trim().replace(/\s+/g, " "))
    .filter((text) => text !== "")
    .map((text) => ({ set, text: text.replace(/ timeout \S+ expires (\S+)/, " timeout $1") }));
}

/** An element is found by its key alone: without a map's value and without a timeout. */
export function keyOf(text: string): string {
  return text.split(/ : | timeout /)[0] as string;
}
