import { checkFilterNames, type Filters } from "@tdock/api/filters";
import { hasLabels } from "@tdock/api/labels";
import { parseUntil } from "@tdock/api/until";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { createdMs } from "./image-time.ts";
import { referenceFilter } from "./reference-filter.ts";

const names = ["before", "dangling", "label", "label!", "pinned", "reference", "since", "until"];

type FilterEngine = Pick<Engine, "images" | "now">;
type Test = (image: ImageRecord) => boolean;

/**
 * A test for images by Docker's filters: values of one are alternatives (labels: all), filters are joined by "and".
 * Throws `invalid-argument` for an unknown name or value, `not-found` for `before` and `since` of nothing.
 */
export async function imageFilter(engine: FilterEngine, filters: Filters | undefined): Promise<Test> {
  checkFilterNames(filters, names);
  const tests: Test[] = [];
  for (const [name, values] of Object.entries(filters ?? {})) {
    if (values.length > 0) tests.push(await testOf(engine, name, values));
  }
  return (image) => tests.every((test) => test(image));
}

async function testOf({ images, now }: FilterEngine, name: string, values: readonly string[]): Promise<Test> {
  switch (name) {
    case "dangling":
      return booleanTest(name, values, ({ repoTags }) => repoTags.length === 0);
    case "label":
      return ({ config }) => hasLabels(config.Labels, values);
    case "label!":
      return ({ config }) => values.every((value) => !hasLabels(config.Labels, [value]));
    case "pinned":
      return booleanTest(name, values, ({ pinnedNames }) => pinnedNames.length > 0);
    case "reference": {
      const isMeant = referenceFilter(values);
      return ({ repoTags, repoDigests }) => [...repoTags, ...repoDigests].some(isMeant);
    }
    case "until": {
      const limits = values.map((value) => parseUntil(value, now()));
      return (image) => limits.every((limit) => createdMs(image) < limit);
    }
    default: {
      const others = await Promise.all(values.map(async (value) => createdMs(await images.resolve(value))));
      return name === "before"
        ? (image) => others.some((other) => createdMs(image) < other)
        : (image) => others.some((other) => createdMs(image) > other);
    }
  }
}

function booleanTest(name: string, values: readonly string[], is: Test): Test {
  const [value = ""] = values;
  const isWanted = ["1", "true"].includes(value.toLowerCase());
  if (!isWanted && !["0", "false"].includes(value.toLowerCase())) {
    throw new TdockError("invalid-argument", `invalid filter '${name}=[${value}]'`);
  }
  return (image) => is(image) === isWanted;
}
