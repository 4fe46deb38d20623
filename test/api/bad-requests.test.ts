import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("requests that are wrong", (suite) => {
  const create = (body: string | object, headers = {}) => suite.api("POST", "/containers/create", body, { headers });
  /** Sends bytes as they are and gives all that comes back. */
  const raw = async (bytes: string) => {
    const socket = connect(suite.tdockd.layout.socket);
    socket.end(bytes);
    return await text(socket);
  };

  it.each([
    ["JSON that does not end", '{"Image":'],
    ["a body that is no object", "[]"],
    ["no body", ""],
    ["a text where a list is meant", '{"Image":"x","Env":"A=b"}'],
    ["a number where a text is meant", '{"Image":5}'],
    ["a list where an object is meant", '{"Image":"x","HostConfig":[]}'],
    ["a list where a restart policy is meant", '{"Image":"x","HostConfig":{"RestartPolicy":["always"]}}'],
    ["a list where a log's configuration is meant", '{"Image":"x","HostConfig":{"LogConfig":["json-file"]}}'],
    ["a list where networks are meant", '{"Image":"x","NetworkingConfig":["one"]}'],
    ["a list where a health check is meant", '{"Image":"x","Healthcheck":["CMD","true"]}'],
    ["a negative size", '{"Image":"x","HostConfig":{"Memory":-5}}'],
    ["shares of a processor below zero", '{"Image":"x","HostConfig":{"CpuShares":-5}}'],
    ["a size beyond what a number holds", '{"Image":"x","HostConfig":{"Memory":1e309}}'],
    ["more memory nodes than there can be", '{"Image":"x","HostConfig":{"CpusetMems":"0-4294967290"}}'],
    ["an option of the log that cannot be", '{"Image":"x","HostConfig":{"LogConfig":{"Config":{"max-size":"much"}}}}'],
  ])("answers 400 for %s", async (_, body) => {
    const { status, body: answer } = await create(body);

    expect({ status, answer }).toEqual({ status: 400, answer: { message: expect.stringMatching(/\w/) } });
  });

  it.each([
    ["GET /nodes", 503, /This node is not a swarm manager/],
    ["GET /swarm", 503, /This node is not a swarm manager/],
    ["POST /swarm/init", 501, /has no swarm/],
    ["POST /swarm/join", 501, /has no swarm/],
  ])("refuses %s, a part of clusters, with %i", async (request, status, message) => {
    const [method = "", path = ""] = request.split(" ");

    const answer = await suite.api(method as "GET", path, method === "GET" ? undefined : {});

    expect(answer).toMatchObject({ status, body: { message: expect.stringMatching(message) } });
  });

  it("takes names that JavaScript's objects have for what they are", async () => {
    for (const name of ["__proto__", "constructor", "hasOwnProperty", "toString"]) {
      expect((await suite.api("GET", `/containers/${name}/json`)).status).toBe(404);
      // A name with capitals or a leading underscore is no image's name at all.
      expect([400, 404]).toContain((await suite.api("GET", `/images/${name}/json`)).status);
    }
    const labels = `{"Image":"${suite.busybox}","Labels":{"__proto__":"x","constructor":"y"}}`;
    const { status, body } = await create(labels);
    expect(status).toBe(201);
    const inspected = JSON.stringify((await suite.api("GET", `/containers/${body.Id}/json`)).body.Config.Labels);
    expect(inspected).toContain('"constructor":"y"');
    expect((await suite.api("GET", "/containers/polluted/json")).status).toBe(404);
    await suite.api("DELETE", `/containers/${body.Id}`);
  });

  it.each([
    ["publish", "http"],
    ["expose", "-1"],
    ["health", "fine"],
    ["status", "walking"],
    ["exited", "well"],
  ])("answers 400 for containers with the %s %s", async (name, value) => {
    const filters = encodeURIComponent(JSON.stringify({ [name]: [value] }));

    const { status, body } = await suite.api("GET", `/containers/json?filters=${filters}`);

    expect([status, body.message]).toEqual([400, `invalid filter '${name}=${value}'`]);
  });

  it("goes on reading a connection on which a body was too large", async () => {
    const body = JSON.stringify({ Image: "x", Env: ["x".repeat(10 << 20)] });
    const head = "Host: x\r\nContent-Type: application/json";
    const ask = `POST /containers/create HTTP/1.1\r\n${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

    const answer = await raw(`${ask}GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1.1 400 .*request body is larger than 4194304 bytes.*HTTP\/1.1 200 OK\r\n.*OK$/s);
  });

  it("refuses a body that is not said to be JSON", async () => {
    const { status } = await create("{}", { "content-type": "text/plain" });

    expect(status).toBe(400);
  });

  it.each([
    ["/v1.20/info", 400, "client version 1.20 is too old. Minimum supported API version is 1.24"],
    ["/v9.99/info", 400, "client version 9.99 is too new. Maximum supported API version is 1.51"],
    ["/nowhere", 404, "page not found"],
    ["/v1.41/../info", 404, ""],
    ["/containers//json", 404, ""],
    ["/containers/%2e%2e/json", 404, ""],
    ["/containers/a%2fb/json", 404, ""],
  ])("answers GET %s with %i", async (path, status, message) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(message);
  });

  it.each([
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n"],
    ["a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"],
    ["an unknown transfer encoding", "Transfer-Encoding: xchunked\r\n"],
  ])("answers 400 for %s", async (_, headers) => {
    const answer = await raw(
      `POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n{}`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });

  it("answers on after a thousand clients that went away in the middle", async () => {
    const { pid } = suite.tdockd;
    for (let index = 0; index < 1000; index += 1) {
      const socket = connect(suite.tdockd.layout.socket);
      socket.on("error", () => undefined);
      socket.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n", () => socket.destroy());
    }

    expect((await suite.api("GET", "/_ping")).status).toBe(200);
    expect(suite.tdockd.pid).toBe(pid);
  });

  it("stays closed to a debugger", async () => {
    process.kill(suite.tdockd.pid, "SIGUSR1");

    expect((await suite.api("GET", "/_ping")).status).toBe(200);
    expect(await suite.tdockd.log()).not.toContain("Debugger listening");
  });
});
