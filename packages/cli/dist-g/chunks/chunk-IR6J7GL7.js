import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/package.json
var package_default = {
  name: "@tdock/cli",
  version: "0.1.0",
  description: "tdock: argv to REST calls to terminal",
  license: "Apache-2.0",
  type: "module",
  engines: {
    node: ">=26"
  },
  exports: {
    "./*": "./src/*.ts"
  },
  dependencies: {
    "@tdock/api": "workspace:*",
    "@tdock/errors": "workspace:*",
    chalk: "6.0.1",
    "cli-table3": "0.6.5",
    commander: "15.1.0",
    ora: "9.4.1",
    "tar-stream": "3.2.2",
    undici: "8.12.4"
  }
};

// packages/cli/src/client-version.ts
var clientVersion = package_default.version;

export {
  clientVersion
};
