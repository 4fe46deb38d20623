import { beforeAll, expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";
import { readApiSchema } from "./schema.ts";

systemSuite("answers of the API, against Docker's description of them", (suite) => {
  const schema = readApiSchema();
  let id: string;

  beforeAll(async () => {
    const flags = ["-p", "127.0.0.1:0:80", "-v", "/data", "-e", "A=b", "-l", "role=test", "--name=described"];
    id = await suite.mustTdock(["run", "-d", ...flags, suite.busybox, "sh", "-c", "echo line; sleep 600"]);
  });

  /** Calls, and gives the body after finding no fault with it. */
  const checked = async (
    method: "GET" | "POST" | "DELETE" | "HEAD",
    described: string,
    real: string,
    status: number,
    body?: object,
  ) => {
    const answer = await suite.api(method, `/v1.51${real}`, body);
    expect({ status: answer.status, body: answer.status === status ? "" : answer.body }).toEqual({ status, body: "" });
    expect(schema.faults(method, described, status, answer.body)).toEqual([]);
    return answer.body;
  };

  it("lists containers", async () => {
    const [summary] = await checked("GET", "/containers/json", "/containers/json?all=1&size=1", 200);

    expect(schema.missing("ContainerSummary", summary)).toEqual([]);
  });

  it("inspects a container", async () => {
    const container = await checked("GET", "/containers/{id}/json", `/containers/${id}/json?size=1`, 200);

    expect(schema.missing("ContainerInspectResponse", container)).toEqual([]);
    expect(schema.missing("ContainerState", container.State)).toEqual(["Health"]);
  });

  it("creates, starts, stops, renames, waits for and removes a container", async () => {
    const create = { Image: suite.busybox, Cmd: ["sleep", "600"] };
    const { Id } = await checked("POST", "/containers/create", "/containers/create?name=made", 201, create);
    await checked("POST", "/containers/{id}/start", `/containers/${Id}/start`, 204);
    await checked("POST", "/containers/{id}/start", `/containers/${Id}/start`, 304);
    await checked("GET", "/containers/{id}/top", `/containers/${Id}/top`, 200);
    await checked("POST", "/containers/{id}/rename", `/containers/${Id}/rename?name=remade`, 204);
    await checked("DELETE", "/containers/{id}", `/containers/${Id}`, 409);
    await checked("POST", "/containers/{id}/kill", `/containers/${Id}/kill`, 204);
    await checked("POST", "/containers/{id}/wait", `/containers/${Id}/wait`, 200);
    await checked("POST", "/containers/{id}/kill", `/containers/${Id}/kill`, 409);
    await checked("POST", "/containers/{id}/stop", `/containers/${Id}/stop`, 304);
    await checked("DELETE", "/containers/{id}", `/containers/${Id}`, 204);
    await checked("GET", "/containers/{id}/json", `/containers/${Id}/json`, 404);
  });

  it("prunes containers", async () => {
    await suite.api("POST", "/containers/create", { Image: suite.busybox });

    const { ContainersDeleted } = await checked("POST", "/containers/prune", "/containers/prune", 200);

    expect(ContainersDeleted).toHaveLength(1);
  });

  it("lists, inspects and tags images and tells their history", async () => {
    const [summary] = await checked("GET", "/images/json", "/images/json", 200);
    const image = await checked("GET", "/images/{name}/json", `/images/${suite.busybox}/json`, 200);
    const history = await checked("GET", "/images/{name}/history", `/images/${suite.busybox}/history`, 200);
    await checked("POST", "/images/{name}/tag", `/images/${suite.busybox}/tag?repo=other&tag=1`, 201);
    const removed = await checked("DELETE", "/images/{name}", "/images/other:1", 200);

    const [whole] = await checked("GET", "/images/json", "/images/json?manifests=1", 200);
    await checked("GET", "/images/{name}/json", `/images/${suite.busybox}/json?manifests=1`, 200);

    expect(schema.missing("ImageSummary", summary)).toEqual(["Manifests"]);
    expect(schema.missing("ImageSummary", whole)).toEqual([]);
    expect(
      schema
        .missing("ImageInspect", image)
        .filter((key) => !["Manifests", "Parent", "DockerVersion", "Variant", "OsVersion", "Comment"].includes(key)),
    ).toEqual([]);
    expect(history).toHaveLength(1);
    expect(removed).toEqual([{ Untagged: "other:1" }]);
  });

  it("describes itself", async () => {
    const info = await checked("GET", "/info", "/info", 200);
    await checked("GET", "/version", "/version", 200);
    await checked("GET", "/_ping", "/_ping", 200);

    expect(info).toMatchObject({ Containers: 1, ContainersRunning: 1, OSType: "linux" });
  });

  it("tells of events", async () => {
    const text: string = (await suite.api("GET", `/v1.51/events?since=0&until=${Math.ceil(Date.now() / 1000)}`)).body;
    const events =
      typeof text === "string"
        ? text
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line))
        : [text];

    expect(events.length).toBeGreaterThan(2);
    for (const event of events) expect(schema.faults("GET", "/events", 200, event)).toEqual([]);
  });

  it.each([
    ["GET", "/containers/{id}/json", "/containers/absent/json", 404],
    ["POST", "/containers/{id}/start", "/containers/absent/start", 404],
    ["DELETE", "/containers/{id}", "/containers/absent", 404],
    ["GET", "/images/{name}/json", "/images/absent/json", 404],
    ["DELETE", "/images/{name}", "/images/absent", 404],
    ["GET", "/containers/json", "/containers/json?filters=nonsense", 400],
  ] as const)("answers errors as Docker does: %s %s", async (method, described, real, status) => {
    const { message } = await checked(method, described, real, status);

    expect(message).toMatch(/\w/);
  });
});
