import { writeFile } from "node:fs/promises";
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
  /** It was good for a day of 2020. */
  readonly hasExpired?: boolean;
}

const subject = ["-subj", "/CN=tdock test"];

/** Writes a new key and self-signed certificate into `folder`. */
export async function createCertificate(folder: string, options: CertificateOptions = {}): Promise<Certificate> {
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const names = `subjectAltName=${options.names ?? "IP:127.0.0.1,DNS:localhost"}`;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  if (options.hasExpired) await signForThePast(folder, { certFile, keyFile }, key, names);
  else
    await mustRun("openssl", ["req", "-x509", ...key, "-out", certFile, "-days", "30", ...subject, "-addext", names]);
  return { certFile, keyFile };
}

/** `openssl req` knows only certificates that begin now: those of the past are an authority's to give. */
async function signForThePast(folder: string, files: Certificate, key: readonly string[], names: string) {
  const [request, config] = [join(folder, "request.pem"), join(folder, "ca.conf")];
  const lines = [
    "[ca]\ndefault_ca=own",
    `[own]\ndatabase=${folder}/index\nnew_certs_dir=${folder}\ndefault_md=sha256\npolicy=any\nx509_extensions=names\nrand_serial=yes`,
    "[any]\ncommonName=supplied",
    `[names]\n${names}\nbasicConstraints=CA:TRUE`,
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  await writeFile(join(folder, "index"), "");
  await mustRun("openssl", ["req", "-new", ...key, "-out", request, ...subject]);
  const period = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"];
  const own = ["-config", config, "-selfsign", "-keyfile", files.keyFile, "-batch", "-notext"];
  await mustRun("openssl", ["ca", ...own, "-in", request, "-out", files.certFile, ...period]);
}
