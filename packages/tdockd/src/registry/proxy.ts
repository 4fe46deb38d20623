import { isInSubnets, isLoopbackHost } from "./address-policy.ts";

/** Proxies for what is asked over HTTP and HTTPS, as URLs, and what is asked without; "" where there is none. */
export interface Proxies {
  readonly http: string;
  readonly https: string;
  readonly no: string;
}

export const noProxies: Proxies = { http: "", https: "", no: "" };

/**
 * The proxy that an address is asked through; this machine's own never are. The exceptions are separated by commas: a
 * domain with all below it (`.example`: only those), an address, a CIDR range, each with a port or without; or `*`.
 * Follows Go's `golang.org/x/net/http/httpproxy`.
 */
export function proxyFor(url: URL, { http, https, no }: Proxies): string | undefined {
  const proxy = url.protocol === "https:" ? https : http;
  if (proxy === "" || isLoopbackHost(url.hostname)) return undefined;
  const exceptions = no.split(",").map((one) => one.trim().toLowerCase());
  return exceptions.some((one) => isExcepted(url, one)) ? undefined : proxy;
}

/** A proxy as it may be shown: its password is not. */
export function printableProxy(proxy: string): string {
  const url = URL.parse(proxy);
  if (url === null || (url.username === "" && url.password === "")) return proxy;
  return proxy.replace(/\/\/[^/]*@/, "//xxxxx:xxxxx@");
}

function isExcepted({ hostname, port, protocol }: URL, exception: string): boolean {
  if (exception === "") return false;
  if (exception === "*") return true;
  if (exception.includes("/")) return isInSubnets(hostname, [exception]);
  const [, name = "", wantedPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(exception) ?? [];
  if (wantedPort !== undefined && wantedPort !== (port || (protocol === "https:" ? "443" : "80"))) return false;
  const host = hostname.replace(/^\[|\]$/g, "");
  const domain = name.replace(/^\[|\]$/g, "").replace(/^\*\./, ".");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}
