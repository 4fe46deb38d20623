import type { BuildEvent } from "@tdock/api/build-event";
import type { JsonMessages } from "@tdock/api/json-messages";
import type { EventSink } from "./event-sink.ts";

/**
 * Docker's lines of the classic builder, which all its clients read: steps, their output, the image's ID at the end.
 * With `quiet` only the ID. `total` is the number of steps that is announced.
 */
export function dockerLines(messages: JsonMessages, options: { quiet: boolean; total: number }): EventSink {
  let step = 0;
  const line = (text: string) => messages.send({ stream: text });
  return async (event: BuildEvent) => {
    if (event.kind === "result") return sendResult(messages, event, options.quiet);
    if (options.quiet) return;
    switch (event.kind) {
      case "begin":
        if (event.title.startsWith("[internal]")) return;
        step++;
        return line(
          `Step ${placeOf(event.title) ?? `${step}/${Math.max(step, options.total)}`} : ${withoutPrefix(event.title)}\n`,
        );
      case "end":
        return event.outcome === "cached" ? line(" ---> Using cache\n") : undefined;
      case "miss":
        return line(` ---> Not cached: ${event.reason}\n`);
      case "log":
        return line(Buffer.from(event.data, "base64").toString());
      case "warning":
        return line(`[Warning] ${event.rule}: ${event.message} (line ${event.line})\n`);
      default:
        return;
    }
  };
}

/** `2/3` of `[stage 2/3] RUN …`: FROM counts as the first. */
function placeOf(title: string): string | undefined {
  return /^\[(?:[^\]]* )?(\d+\/\d+)\] /.exec(title)?.[1];
}

function withoutPrefix(title: string): string {
  return title.replace(/^\[[^\]]*\] /, "");
}

async function sendResult(
  messages: JsonMessages,
  { id, names }: Extract<BuildEvent, { kind: "result" }>,
  quiet: boolean,
): Promise<void> {
  if (quiet) return messages.send({ stream: `${id}\n` });
  await messages.send({ aux: { ID: id } });
  await messages.send({ stream: `Successfully built ${id.replace("sha256:", "").slice(0, 12)}\n` });
  for (const name of names) await messages.send({ stream: `Successfully tagged ${name}\n` });
}

/** Everything that happens, for tdock's own display. */
export function eventLines(messages: JsonMessages): EventSink {
  return (event) => messages.send({ id: "tdock.build", aux: event });
}
