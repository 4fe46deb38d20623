// Adds up vitest's JSON reports and prints "N passed, N failed". Exits 1 when a test failed, or when the first argument,
// the status of all that ran, says that something else did.
import { readFileSync } from "node:fs";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { status: string }[];
  }[];
}

const [status, ...files] = process.argv.slice(2);
const reports = files.map((path) => JSON.parse(readFileSync(path, "utf8")) as Report);
const passed = sum(reports.map((report) => report.numPassedTests));
const failed = sum(reports.map((report) => report.numFailedTests + brokenFiles(report)));
const otherFailures = failed === 0 && (status !== "0" || passed === 0) ? 1 : 0;
process.stdout.write(`${passed} passed, ${failed + otherFailures} failed\n`);
process.exitCode = failed + otherFailures > 0 ? 1 : 0;

/** Files that failed although none of their tests did: an import or a hook that threw. */
function brokenFiles({ testResults }: Report): number {
  const isBroken = (file: Report["testResults"][number]) =>
    file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed");
  return testResults.filter(isBroken).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
