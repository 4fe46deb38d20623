import { describe, expect, it } from "vitest";
import { SharedTasks } from "./shared-tasks.ts";

function interest(tasks: SharedTasks<string, number>, work: (signal: AbortSignal) => Promise<string>) {
  const controller = new AbortController();
  const seen: number[] = [];
  const result = tasks.run({
    key: "layer",
    signal: controller.signal,
    onProgress: (progress) => seen.push(progress),
    work: async (signal, report) => {
      report(1);
      return work(signal);
    },
  });
  result.catch(() => undefined);
  return { controller, seen, result };
}

describe("SharedTasks", () => {
  it("does once what several want, and tells late comers how far it is", async () => {
    const tasks = new SharedTasks<string, number>();
    const { promise, resolve } = Promise.withResolvers<string>();
    let runs = 0;
    const work = () => {
      runs += 1;
      return promise;
    };

    const first = interest(tasks, work);
    await Promise.resolve();
    const second = interest(tasks, work);
    resolve("done");

    expect(await Promise.all([first.result, second.result])).toEqual(["done", "done"]);
    expect(runs).toBe(1);
    expect(second.seen).toEqual([1]);
  });

  it("goes on for those who stay when one leaves", async () => {
    const tasks = new SharedTasks<string, number>();
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = interest(tasks, () => promise);
    const second = interest(tasks, () => promise);

    first.controller.abort();
    await expect(first.result).rejects.toMatchObject({ code: "canceled" });
    resolve("done");

    expect(await second.result).toBe("done");
  });

  it("cancels the work when the last one leaves", async () => {
    const tasks = new SharedTasks<string, number>();
    const one = interest(
      tasks,
      (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true }),
        ),
    );
    await Promise.resolve();

    one.controller.abort();

    await expect(one.result).rejects.toMatchObject({ code: "canceled" });
    expect(tasks.underWay("layer")).toBeUndefined();
  });

  it("starts anew after a failure", async () => {
    const tasks = new SharedTasks<string, number>();
    await expect(interest(tasks, () => Promise.reject(new Error("no"))).result).rejects.toThrow("no");

    expect(await interest(tasks, () => Promise.resolve("yes")).result).toBe("yes");
  });
});
