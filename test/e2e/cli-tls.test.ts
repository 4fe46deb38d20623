import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { pipeline } from "node:stream/promises";
import { createServer } from "node:tls";
import { expect, it } from "vitest";
import { mustRun } from "../harness/program.ts";
import { createCertificate } from "../harness/registry/certificate.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("the command line over TLS", (suite) => {
  /** A server that lets nobody in who does not show its own certificate, and hands on what it gets to the engine. */
  async function openDoor(folder: string, names?: string) {
    const { certFile, keyFile } = await createCertificate(folder, names === undefined ? {} : { names });
    const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
    const options = { cert, key, ca: cert, requestCert: true, allowHalfOpen: true };
    const server = createServer(options, (door) => {
      const engine = connect({ path: suite.tdockd.layout.socket, allowHalfOpen: true });
      pipeline(door, engine, door).catch(() => door.destroy());
    });
    server.on("tlsClientError", () => {});
    await once(server.listen(0, "127.0.0.1"), "listening");
    const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const flags = ["-H", host, "--tlscacert", certFile, "--tlscert", certFile, "--tlskey", keyFile];
    return { host, certFile, keyFile, flags, [Symbol.dispose]: () => void server.close() };
  }

  it("asks the engine, and hands on input, output and exit code", async () => {
    await using folder = await scratchFolder("tls");
    using door = await openDoor(folder.path);
    await suite.mustTdock(["run", "-d", "--name", "alive", suite.busybox, "sleep", "1000"]);

    const listed = await suite.tdock(["--tlsverify", ...door.flags, "ps", "--format", "{{.Names}}"]);
    const command = ["exec", "-i", "alive", "sh", "-c", "cat; exit 7"];
    const executed = await suite.tdock(["--tlsverify", ...door.flags, ...command], { stdin: "heard" });

    expect(listed).toMatchObject({ exitCode: 0, stdout: "alive\n" });
    expect(executed).toMatchObject({ exitCode: 7, stdout: "heard" });
  });

  it("takes the files of a context that docker has written down", async () => {
    await using folder = await scratchFolder("tls");
    using door = await openDoor(folder.path);
    const env = { HOME: folder.path, DOCKER_HOST: "" };
    const files = `ca=${door.certFile},cert=${door.certFile},key=${door.keyFile}`;
    const endpoint = ["--docker", `host=${door.host},${files}`];
    await mustRun("/usr/bin/docker", ["context", "create", "secured", ...endpoint], { env });
    await mustRun("/usr/bin/docker", ["context", "create", "open", "--docker", `host=${door.host}`], { env });

    const listed = await suite.tdock(["-c", "secured", "version", "--format={{.Server.Os}}"], { env });
    const refused = await suite.tdock(["-c", "open", "version", "--format={{.Server.Os}}"], { env });

    expect(listed).toMatchObject({ exitCode: 0, stdout: "linux\n" });
    expect(refused.exitCode).toBe(1);
  });

  it("is not for an engine on a Unix socket, whatever the environment says, and takes no proxy", async () => {
    await using folder = await scratchFolder("tls");
    using door = await openDoor(folder.path);
    const proxy = { http_proxy: "http://127.0.0.1:9", https_proxy: "http://127.0.0.1:9" };

    const local = await suite.tdock(["ps", "-q"], {
      env: { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/nonexistent" },
    });
    const direct = await suite.tdock(["--tlsverify", ...door.flags, "ps", "-q"], { env: proxy });

    expect([local, direct]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
  });

  it("says why a certificate is not to be trusted, unless it need not be", async () => {
    await using folder = await scratchFolder("tls");
    using door = await openDoor(folder.path, "DNS:elsewhere.example");
    await using others = await scratchFolder("tls-others");
    const other = await createCertificate(others.path);

    const wrongName = await suite.tdock(["--tlsverify", ...door.flags, "ps"]);
    const unknown = await suite.tdock(["--tlsverify", ...door.flags, "--tlscacert", other.certFile, "ps"]);
    const unchecked = await suite.tdock(["--tls", ...door.flags, "ps"]);

    const distrust = `error during connect: the daemon at ${door.host} is not to be trusted: `;
    expect(wrongName).toMatchObject({ exitCode: 1, stderr: `${distrust}its certificate is for another name\n` });
    expect(unknown).toMatchObject({ exitCode: 1, stderr: `${distrust}self signed certificate\n` });
    expect(unchecked).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("says that a file is no certificate, and that a key is another's", async () => {
    await using folder = await scratchFolder("tls");
    using door = await openDoor(folder.path);
    await using others = await scratchFolder("tls-others");
    const other = await createCertificate(others.path);

    const noCertificate = await suite.tdock(["--tlsverify", ...door.flags, "--tlscacert", "/etc/passwd", "ps"]);
    const wrongKey = await suite.tdock(["--tlsverify", ...door.flags, "--tlskey", other.keyFile, "ps"]);

    const refusal = "the engine's TLS files cannot be used: ";
    expect(noCertificate).toMatchObject({ exitCode: 1, stderr: `${refusal}Invalid CA\n` });
    expect(wrongKey.exitCode).toBe(1);
    expect(wrongKey.stderr).toContain(refusal);
  });
});
