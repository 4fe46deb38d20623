import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { execa } from "execa";
import { eventually } from "../eventually.ts";
import { freePort } from "../free-port.ts";
import { scratchFolder } from "../scratch.ts";
import { type Certificate, createCertificate } from "./certificate.ts";
import { startTokenServer, type TokenServer } from "./token-server.ts";

/** A user name and password that a registry asks for. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** How a registry is to run. */
export interface RegistryOptions {
  /** HTTPS with a self-signed certificate. */
  readonly tls?: boolean;
  /** With `tls`: answer only those that show that very certificate as their own. */
  readonly mutualTls?: boolean;
  /** Ask for `credentials`: by Basic authentication, or with a token service that lets anybody pull. */
  readonly auth?: "basic" | "token";
  /** Keeps its images in this folder, which outlives it. Default: a scratch folder. */
  readonly storage?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Serves, and keeps, what the registry at this URL has. */
  readonly mirrorOf?: string;
}

/** Debian's docker-registry, running on a loopback port. */
export interface Registry extends AsyncDisposable {
  /** As it stands in an image reference: `127.0.0.1:PORT`. */
  readonly host: string;
  readonly url: string;
  /** Accepted where `auth` was asked for. */
  readonly credentials: Credentials;
  readonly certificate?: Certificate;
  readonly tokenServer?: TokenServer;
}

/** Starts a registry with a port and storage of its own and waits until it answers. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await scratchFolder("registry"));
  const credentials = { username: "anna", password: "S3CR3T-marker" };
  const certificate = options.tls || options.auth === "token" ? await createCertificate(folder.path) : undefined;
  const tokenServer =
    options.auth === "token" && certificate
      ? stack.use(await startTokenServer(certificate, credentials, options.tls))
      : undefined;
  const host = `127.0.0.1:${options.port ?? (await freePort())}`;
  const config = {
    version: "0.1",
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: options.storage ?? folder.path }, delete: { enabled: true } },
    http: { addr: host, ...(options.tls && certificate && { tls: tlsConfig(certificate, options) }) },
    ...(options.auth === "basic" && { auth: await basicAuth(folder.path, credentials) }),
    ...(tokenServer && certificate && { auth: tokenAuth(tokenServer, certificate) }),
    ...(options.mirrorOf && { proxy: { remoteurl: options.mirrorOf } }),
  };
  await runRegistry(stack, folder.path, config);
  const url = `${options.tls ? "https" : "http"}://${host}`;
  await eventually(() => isListening(host));
  const owned = stack.move();
  return {
    host,
    url,
    credentials,
    ...(options.tls && certificate && { certificate }),
    ...(tokenServer && { tokenServer }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function tlsConfig({ certFile, keyFile }: Certificate, { mutualTls }: RegistryOptions): object {
  return { certificate: certFile, key: keyFile, ...(mutualTls && { clientcas: [certFile] }) };
}

async function basicAuth(folder: string, { username, password }: Credentials): Promise<object> {
  const path = join(folder, "htpasswd");
  await writeFile(path, `${username}:${await hash(password, 4)}\n`);
  return { htpasswd: { realm: "tdock test", path } };
}

function tokenAuth({ realm }: TokenServer, { certFile }: Certificate): object {
  return { token: { realm, service: "registry", issuer: "tdock-test", rootcertbundle: certFile } };
}

/** Starts the process; it ends when `stack` is disposed of. JSON is YAML, so the configuration needs no writer. */
async function runRegistry(stack: AsyncDisposableStack, folder: string, config: object): Promise<void> {
  const file = join(folder, "config.yml");
  await writeFile(file, JSON.stringify(config));
  const child = execa("docker-registry", ["serve", file], {
    reject: false,
    stdin: "ignore",
    stdout: { file: join(folder, "registry.log") },
    stderr: { file: join(folder, "registry.log") },
    env: { OTEL_TRACES_EXPORTER: "none" },
  });
  stack.defer(async () => {
    child.kill("SIGKILL");
    await child;
  });
}

async function isListening(host: string): Promise<void> {
  const [address, port] = host.split(":");
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), address, () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
