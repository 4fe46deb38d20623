import { readFile } from "node:fs/promises";
import { afterEach, beforeAll, describe, expect } from "vitest";
import { canaryAt } from "../harness/oracles/canary.ts";
import { systemSuite } from "../harness/suite.ts";
import { copyingTests } from "./hostile-containers/copying.ts";
import { environmentTests, secret } from "./hostile-containers/environment.ts";
import { exhaustionTests } from "./hostile-containers/exhaustion.ts";
import { imageConfigurationTests } from "./hostile-containers/image-configuration.ts";
import { hostileImages } from "./hostile-containers/images.ts";
import { requestTests } from "./hostile-containers/requests.ts";
import { systemCallTests } from "./hostile-containers/system-calls.ts";
import { wrongTypeTests } from "./hostile-containers/wrong-types.ts";

const canary = canaryAt("/var/lib/tdock-hostile-containers/canary");

systemSuite(
  "containers that mean harm",
  (suite) => {
    beforeAll(async () => {
      await canary.plant();
      for (const name of Object.keys(await hostileImages(canary.path))) {
        expect((await suite.api("POST", `/images/create?fromImage=${suite.image(name)}`)).status).toBe(200);
      }
      return () => canary.remove();
    });
    // Nobody starts a tdockd again that has ended, so that an answer comes from the same process.
    afterEach(async () => {
      expect(await canary.changes()).toEqual([]);
      expect((await suite.api("GET", "/_ping")).status).toBe(200);
    });

    describe("the values of an image", () => imageConfigurationTests(suite, () => readFile(canary.path, "utf8")));
    describe("members of another type", () => wrongTypeTests(suite));
    describe("environments", () => environmentTests(suite));
    describe("copying", () => copyingTests(suite, canary.path));
    describe("a greedy one", () => exhaustionTests(suite));
    describe("requests", () => requestTests(suite, canary));
    describe("system calls", () => systemCallTests(suite));
  },
  { images: () => hostileImages(canary.path), env: secret },
);
