import { join } from "node:path";
import { mustRun } from "../program.ts";

/** A self-signed certificate on disk, in PEM files. It is its own authority. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a certificate says of itself. */
export interface CertificateOptions {
  /** Subject alternative names in openssl's form. Default: 127.0.0.1 and localhost. */
  readonly names?: string;
  /** Days from now until it ends; a negative number makes one that has expired. */
  readonly days?: number;
}

/** Writes a new key and self-signed certificate into `folder`. */
export async function createCertificate(folder: string, options: CertificateOptions = {}): Promise<Certificate> {
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const days = options.days ?? 30;
  const subject = [
    "-subj",
    "/CN=tdock test",
    "-addext",
    `subjectAltName=${options.names ?? "IP:127.0.0.1,DNS:localhost"}`,
  ];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  await mustRun("openssl", ["req", "-x509", ...key, "-out", certFile, "-days", `${days}`, ...subject]);
  return { certFile, keyFile };
}
