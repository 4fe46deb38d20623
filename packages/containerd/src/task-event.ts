import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { messageName } from "./any.ts";
import {
  TaskCreateSchema,
  TaskDeleteSchema,
  TaskExecAddedSchema,
  TaskExecStartedSchema,
  TaskExitSchema,
  TaskOOMSchema,
  TaskPausedSchema,
  TaskResumedSchema,
  TaskStartSchema,
} from "./gen/task-events_pb.ts";
import { type TaskExit, taskExitOf } from "./task.ts";

/** What happened to a task. `id` in an exit or delete is the exec's ID, or `containerId` for the task itself. */
export type TaskEvent =
  | { readonly event: "create"; readonly containerId: string; readonly pid: number }
  | { readonly event: "start"; readonly containerId: string; readonly pid: number }
  | ({ readonly event: "exit"; readonly containerId: string; readonly id: string; readonly pid: number } & TaskExit)
  | ({ readonly event: "delete"; readonly containerId: string; readonly id: string; readonly pid: number } & TaskExit)
  | { readonly event: "exec-added"; readonly containerId: string; readonly execId: string }
  | { readonly event: "exec-started"; readonly containerId: string; readonly execId: string; readonly pid: number }
  | { readonly event: "oom"; readonly containerId: string }
  | { readonly event: "paused"; readonly containerId: string }
  | { readonly event: "resumed"; readonly containerId: string };

type Decoder = (value: Uint8Array) => TaskEvent;

const decoders: ReadonlyMap<string, Decoder> = new Map([
  decoder(TaskCreateSchema, ({ containerId, pid }) => ({ event: "create", containerId, pid })),
  decoder(TaskStartSchema, ({ containerId, pid }) => ({ event: "start", containerId, pid })),
  decoder(TaskExitSchema, (exit) => ({ event: "exit", ...endOf(exit) })),
  decoder(TaskDeleteSchema, (exit) => ({ event: "delete", ...endOf(exit) })),
  decoder(TaskExecAddedSchema, ({ containerId, execId }) => ({ event: "exec-added", containerId, execId })),
  decoder(TaskExecStartedSchema, ({ containerId, execId, pid }) => ({
    event: "exec-started",
    containerId,
    execId,
    pid,
  })),
  decoder(TaskOOMSchema, ({ containerId }) => ({ event: "oom", containerId })),
  decoder(TaskPausedSchema, ({ containerId }) => ({ event: "paused", containerId })),
  decoder(TaskResumedSchema, ({ containerId }) => ({ event: "resumed", containerId })),
]);

/** The event in an envelope; undefined when it is not one of a task that is listed in {@link TaskEvent}. */
export function taskEventOf(event: Any | undefined): TaskEvent | undefined {
  return event && decoders.get(messageName(event))?.(event.value);
}

function decoder<M extends DescMessage>(schema: M, toEvent: (message: MessageShape<M>) => TaskEvent) {
  return [schema.typeName, (value: Uint8Array) => toEvent(fromBinary(schema, value))] as const;
}

function endOf(message: MessageShape<typeof TaskExitSchema> | MessageShape<typeof TaskDeleteSchema>) {
  const { containerId, id, pid } = message;
  return { containerId, id: id === "" ? containerId : id, pid, ...taskExitOf(message) };
}
