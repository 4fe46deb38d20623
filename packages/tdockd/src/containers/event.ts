import type { Engine } from "../engine.ts";
import type { Container } from "./container.ts";

/** Tells listeners what happened to a container, with its image, name and labels as Docker's events carry them. */
export function containerEvent(
  { events }: Pick<Engine, "events">,
  container: Container,
  action: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  events.emit({
    type: "container",
    action,
    id: container.id,
    attributes: {
      ...container.config.Labels,
      image: container.config.Image ?? "",
      name: container.name,
      ...attributes,
    },
  });
}
