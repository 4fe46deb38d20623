import { randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate.ts";
import type { Credentials } from "./registry.ts";

/** A token service for `docker-registry`: what auth.docker.io is for Docker Hub. */
export interface TokenServer extends AsyncDisposable {
  readonly realm: string;
  /** How many tokens it gave out. */
  readonly granted: () => number;
}

/**
 * Starts one on loopback. It gives every scope to `credentials`, and `pull` alone to callers without any. With `isTls`
 * it speaks HTTPS, with the certificate that also signs its tokens.
 */
export async function startTokenServer(
  certificate: Certificate,
  credentials: Credentials,
  isTls = false,
): Promise<TokenServer> {
  const chain = (await readFile(certificate.certFile, "utf8")).replace(/-----[^-]+-----|\s/g, "");
  const key = await readFile(certificate.keyFile, "utf8");
  let granted = 0;
  const answer: RequestListener = (request, response) => {
    const caller = callerOf(request);
    if (caller && caller !== `${credentials.username}:${credentials.password}`) {
      response.writeHead(401).end(JSON.stringify({ details: "incorrect username or password" }));
      return;
    }
    granted += 1;
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    const access = query.getAll("scope").map((scope) => grant(scope, caller !== undefined));
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({ token: issueToken({ access, subject: credentials.username, chain, key }), expires_in: 60 }),
    );
  };
  const server = isTls
    ? createTlsServer({ cert: await readFile(certificate.certFile), key }, answer)
    : createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    realm: `${isTls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    granted: () => granted,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function callerOf(request: IncomingMessage): string | undefined {
  const [scheme, value] = (request.headers.authorization ?? "").split(" ");
  return scheme === "Basic" && value ? Buffer.from(value, "base64").toString() : undefined;
}

function grant(scope: string, known: boolean): object {
  const [type, ...rest] = scope.split(":");
  const actions = (rest.pop() ?? "").split(",").filter((action) => known || action === "pull");
  return { type, name: rest.join(":"), actions };
}

interface Claims {
  readonly access: readonly object[];
  readonly subject: string;
  readonly chain: string;
  readonly key: string;
}

/** A JSON Web Token as distribution's docs/spec/auth/jwt.md asks for, signed with ES256. */
function issueToken({ access, subject, chain, key }: Claims): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: "JWT", alg: "ES256", x5c: [chain] };
  const claims = {
    iss: "tdock-test",
    aud: "registry",
    sub: subject,
    nbf: now - 5,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    access,
  };
  const signed = `${encodePart(header)}.${encodePart(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
