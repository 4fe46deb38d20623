import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { parseResolvConf } from "../resolv-conf.ts";

/**
 * The DNS servers that the host uses, read again when the file changes (a VPN comes up, DHCP answers). Queries are
 * forwarded from the host's own network, so that a stub on 127.0.0.53 is as good as any.
 */
export class HostResolvers {
  readonly #path: string;
  #stamp = "";
  #servers: readonly string[] = [];

  constructor(path = "/etc/resolv.conf") {
    this.#path = path;
  }

  servers(): readonly string[] {
    const stamp = this.#readStamp();
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#servers = this.#read();
    }
    return this.#servers;
  }

  #read(): readonly string[] {
    try {
      return parseResolvConf(readFileSync(this.#path, "utf8")).servers.filter((server) => isIP(server) !== 0);
    } catch {
      return [];
    }
  }

  #readStamp(): string {
    try {
      const { ino, mtimeMs, size } = statSync(this.#path);
      return `${ino} ${mtimeMs} ${size}`;
    } catch {
      return "missing";
    }
  }
}
