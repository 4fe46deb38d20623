import { describe } from "vitest";
import { systemSuite } from "../harness/suite.ts";
import { dockerSdkTests } from "./docker-sdk.ts";
import { dockerodeTests } from "./dockerode.ts";
import { pythonTests } from "./python.ts";
import { reaperImage } from "./reaper-image.ts";
import { testcontainersTests } from "./testcontainers.ts";

systemSuite(
  "client libraries against tdockd",
  (suite) => {
    describe("dockerode", () => dockerodeTests(suite));
    describe("Docker's SDK for Node", () => dockerSdkTests(suite));
    describe("Docker's SDK for Python", () => pythonTests(suite));
    describe("Testcontainers", () => testcontainersTests(suite));
  },
  { images: async () => ({ reaper: await reaperImage() }) },
);
