import { isIP, Socket } from "node:net";
import { type ConnectionOptions, createSecureContext, getCACertificates } from "node:tls";
import { buildConnector } from "undici";
import type { HostTls } from "./registry-host.ts";

/** How connections are made, with or without TLS. */
interface ConnectOptions {
  readonly timeout: number;
  readonly lookup: NonNullable<ConnectionOptions["lookup"]>;
}

/**
 * Makes connections with one set of TLS settings. The system's authorities are trusted beside Node's and the host's own:
 * to read them takes a tenth of a second, so it is done for the first connection that needs them, and once.
 */
export function connectorFor(tls: HostTls, options: ConnectOptions): buildConnector.connector {
  // Over HTTP/2, undici 8.12 keeps the socket of a server that ends the session in the greeting, for instance for
  // want of a client certificate, and every later request fails on the ended session.
  const common = { ...options, allowH2: false };
  const plain = buildConnector(common);
  let secure: buildConnector.connector | undefined;
  return (target, callback) => {
    if (target.protocol !== "https:") return connect(plain, target, options.timeout, callback);
    try {
      secure ??= buildConnector({ ...common, ...secureOptions(tls) });
    } catch (thrown) {
      return callback(thrown as Error, null);
    }
    connect(secure, target, options.timeout, callback);
  };
}

/** undici tells that it waited too long, but not for what; the system does not say that name servers were to answer. */
function connect(
  connector: buildConnector.connector,
  target: buildConnector.Options,
  timeoutMs: number,
  callback: buildConnector.Callback,
): void {
  const noName = `no name server had an answer for ${target.hostname}`;
  let waitsFor = noName;
  const socket: unknown = connector(target, (...[error, connected]: Parameters<buildConnector.Callback>) => {
    if (error === null) return callback(null, connected as Socket);
    const { code } = error as NodeJS.ErrnoException;
    if (code === "UND_ERR_CONNECT_TIMEOUT") error.message = `${waitsFor} within ${timeoutMs / 1000} seconds`;
    if (code === "EAI_AGAIN") error.message = noName;
    callback(error, null);
  });
  if (!(socket instanceof Socket)) return;
  const nobody = (address: string) =>
    `nobody answered at ${address}, port ${target.port || (target.protocol === "https:" ? 443 : 80)},`;
  if (isIP(target.hostname) !== 0) waitsFor = nobody(target.hostname);
  socket.on("lookup", (error, address) => {
    if (error === null) waitsFor = nobody(address);
  });
  socket.once("connect", () => {
    waitsFor = "the TLS handshake was not finished";
  });
}

/** Nothing but what the system says. */
export const systemTls: HostTls = { skipVerify: false, ca: [] };

/** How one end of TLS is told a host's settings. Throws Node's error for certificates and keys that are none. */
export function secureOptions({ skipVerify, ca, cert, key }: HostTls) {
  const trusted = new Set([...getCACertificates("default"), ...getCACertificates("system"), ...ca]);
  const own = cert !== undefined && { cert, key: key ?? cert };
  return { rejectUnauthorized: !skipVerify, secureContext: createSecureContext({ ca: [...trusted], ...own }) };
}
