import type { Filters } from "@tdock/api/filters";
import { checkFilterNames } from "@tdock/api/filters";
import type { EventMessage } from "@tdock/api/system";

const filterNames = [
  "container",
  "daemon",
  "event",
  "image",
  "label",
  "network",
  "plugin",
  "scope",
  "type",
  "volume",
  "node",
  "service",
  "secret",
  "config",
];

/** A test for events by Docker's filters: values of one are alternatives (labels: all), filters are joined by "and". */
export function eventFilter(filters: Filters | undefined): (event: EventMessage) => boolean {
  checkFilterNames(filters, filterNames);
  const given = Object.entries(filters ?? {}).filter(([, values]) => values.length > 0);
  return (event) => given.every(([name, values]) => matches(event, name, values));
}

function matches(event: EventMessage, name: string, values: readonly string[]): boolean {
  const attributes = event.Actor?.Attributes ?? {};
  switch (name) {
    case "type":
      return values.includes(event.Type ?? "");
    case "scope":
      return values.includes((event as { scope?: string }).scope ?? "local");
    case "event":
      // `exec_create: ls` is found by `exec_create`.
      return values.some((value) => event.Action === value || event.Action?.startsWith(`${value}:`));
    case "label":
      return values.every((value) => hasLabel(attributes, value));
    case "image":
      return event.Type === "image"
        ? isImage(event, values)
        : values.some((value) => sameImage(attributes.image, value));
    default:
      return event.Type === name && isActor(event, values);
  }
}

/** As moby's `fuzzyMatchName`: how the ID or the name begins is enough. */
function isActor(event: EventMessage, values: readonly string[]): boolean {
  const { ID = "", Attributes = {} } = event.Actor ?? {};
  return values.some((value) => ID.startsWith(value) || Attributes.name?.startsWith(value));
}

function isImage(event: EventMessage, values: readonly string[]): boolean {
  const { ID = "", Attributes = {} } = event.Actor ?? {};
  return values.some((value) => sameImage(ID, value) || sameImage(Attributes.name, value));
}

/** `busybox` finds `busybox:latest`. */
function sameImage(name: string | undefined, wanted: string): boolean {
  return name !== undefined && (name === wanted || name.replace(/:[^:/]+$/, "") === wanted);
}

function hasLabel(attributes: Readonly<Record<string, string>>, wanted: string): boolean {
  const mark = wanted.indexOf("=");
  if (mark < 0) return Object.hasOwn(attributes, wanted);
  return attributes[wanted.slice(0, mark)] === wanted.slice(mark + 1);
}
