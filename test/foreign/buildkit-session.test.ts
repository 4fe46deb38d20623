import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Packet_PacketType as PacketType } from "@tdock/buildkit/gen/fsutil_pb";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";
import { dialHttp2, type OfferedFile, openSession, serveFiles } from "./session-client.ts";

const goFolder = 2 ** 31 + 0o755;
const goLink = 2 ** 27 + 0o777;

systemSuite("BuildKit sessions of clients that are up to something", (suite) => {
  const dockerfile = (text: string) => [{ path: "Dockerfile", text: text.replaceAll("BASE", suite.busybox) }];
  const copyAll = () =>
    dockerfile("FROM BASE\nCOPY . /c\nRUN find /c -type f -exec cat {} + -o -type l -exec ls {} +\n");
  /** Builds what a client serves and gives all that the engine says. */
  const build = async (context: readonly OfferedFile[], answer?: Parameters<typeof serveFiles>[1]) => {
    using session = await openSession(suite.tdockd.layout.socket, [
      serveFiles({ dockerfile: copyAll(), context }, answer),
    ]);
    const { body } = await suite.api("POST", `/build?version=2&remote=client-session&session=${session.id}`);
    return typeof body === "string" ? body : JSON.stringify(body);
  };

  it("takes files of a client that behaves", async () => {
    const answer = await build([
      { path: "deep", mode: goFolder },
      { path: "deep/f", text: "text" },
      { path: "link", mode: goLink, linkname: "/etc/passwd" },
      { path: "pipe", mode: 2 ** 25 + 0o644 },
    ]);

    expect(answer).toMatch(/"moby.image.id","aux":\{"ID":"sha256:/);
  });

  it.each([
    ["a name that leads outside", { path: "../outside", text: "x" }],
    ["an absolute name", { path: "/etc/outside", text: "x" }],
    ["a name that leads outside in the middle", { path: "a/../../outside", text: "x" }],
    ["a name that is not clean", { path: "a/./b", text: "x" }],
    ["no name", { path: "", text: "x" }],
    ["a name with a NUL", { path: "a\0b", text: "x" }],
    ["a link's text with a NUL", { path: "a", mode: goLink, linkname: "x\0y" }],
  ])("refuses %s", async (_, file) => {
    const answer = await build([file]);

    expect(answer).toMatch(/forbidden path outside the build context|holds a NUL/);
    expect(answer).not.toContain("moby.image.id");
  });

  it("refuses a file below a link, and reads nothing through it", async () => {
    const answer = await build([
      { path: "etc", mode: goLink, linkname: "/etc" },
      { path: "etc/passwd", text: "x" },
    ]);

    expect(answer).toContain("etc is a link, not a folder");
  });

  it.each([
    [
      "bytes of a file that nobody asked for",
      [{ type: PacketType.PACKET_DATA, ID: 77, data: Buffer.from("x") }],
      "not asked for",
    ],
    ["its list once more", [{ type: PacketType.PACKET_STAT, stat: { path: "again" } }], "unexpected packet"],
    ["an error", [{ type: PacketType.PACKET_ERR, data: Buffer.from("my disk is broken") }], "my disk is broken"],
  ])("ends when a client sends %s", async (_, packets, problem) => {
    const answer = await build([{ path: "f", text: "text" }], () => packets);

    expect(answer).toContain(problem);
    expect(answer).not.toContain("moby.image.id");
  });

  it("ends when a client goes away before its files have come", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const session = await openSession(suite.tdockd.layout.socket, [
      serveFiles({ dockerfile: copyAll(), context: [{ path: "f", text: "text" }] }, () => {
        resolve();
        return [];
      }),
    ]);
    const answer = suite.api("POST", `/build?version=2&remote=client-session&session=${session.id}`);
    await asked;

    session[Symbol.dispose]();

    expect(JSON.stringify((await answer).body)).toContain("connection lost");
  });

  it("keeps a session's ID to the one that has it, and refuses what is no session", async () => {
    const { socket } = suite.tdockd.layout;
    using session = await openSession(socket, []);
    const open = (headers: Record<string, string>) => dialHttp2(socket, "/session", headers);

    expect(await open({ "X-Docker-Expose-Session-Uuid": session.id })).toBe(409);
    expect(await open({})).toBe(400);
    expect(await open({ "X-Docker-Expose-Session-Uuid": "x", Upgrade: "websocket" })).toBe(400);
    expect((await suite.api("POST", "/session")).status).toBe(400);
  });

  it.each(["/session", "/grpc"])(
    "outlives bytes that come to %s before they are asked for, and are none of HTTP/2's",
    async (path) => {
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nX-Docker-Expose-Session-Uuid: early\r\n\r\n`;
      const socket = connect(suite.tdockd.layout.socket);
      socket.write(head + "x".repeat(1000));

      expect(await text(socket)).toContain("101 Switching Protocols");
      expect((await suite.api("GET", "/_ping")).status).toBe(200);
    },
  );

  it("lets go of a session's ID when its client is gone", async () => {
    const { socket } = suite.tdockd.layout;
    const session = await openSession(socket, []);
    session[Symbol.dispose]();

    await eventually(async () => {
      const again = await dialHttp2(socket, "/session", { "X-Docker-Expose-Session-Uuid": session.id });
      expect(again).not.toBe(409);
      if (typeof again !== "number") again.destroy();
    });
  });

  it("builds what comes with the request when the session that is named serves no files", async () => {
    using session = await openSession(suite.tdockd.layout.socket, []);

    const { body } = await suite.api("POST", `/build?version=2&remote=client-session&session=${session.id}`);

    expect(JSON.stringify(body)).toContain("DiffCopy is not served");
  });
});
