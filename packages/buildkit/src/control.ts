import type { IncomingHttpHeaders } from "node:http2";
import type { Duplex } from "node:stream";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Control, type SolveRequest } from "./gen/control_pb.ts";
import { LLBBridge } from "./gen/gateway_pb.ts";
import { type CallContext, duplexMethod, type ServedMethod, streamMethod, unaryMethod } from "./grpc-server.ts";
import { type StatusUpdate, toStatusResponse } from "./status-update.ts";
import { tunnel } from "./tunnel.ts";

/** A result in the build cache. */
export interface UsageRecord {
  readonly id: string;
  readonly inUse: boolean;
  readonly sizeBytes: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly usageCount: number;
  readonly description: string;
  /** `regular`, `exec.cachemount`, `source.local`. */
  readonly type: string;
}

/** Where something goes, and how. */
export interface Exporter {
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is wanted of a build. */
export interface SolveOrder {
  /** By which the client asks for the build's status. */
  readonly ref: string;
  readonly session: string;
  /** "" when the client will call the frontend itself. */
  readonly frontend: string;
  readonly options: Readonly<Record<string, string>>;
  /** What becomes of the result. */
  readonly exporters: readonly Exporter[];
  readonly entitlements: readonly string[];
  readonly cacheExports: readonly Exporter[];
  /** Whether there is a graph of operations, or inputs that are graphs. */
  readonly hasDefinition: boolean;
}

/** What a client that works a build out itself lets the frontend do. */
export interface FrontendOrder {
  /** Of the build that it belongs to. */
  readonly ref: string;
  readonly frontend: string;
  readonly options: Readonly<Record<string, string>>;
  readonly hasDefinition: boolean;
  /** This is the build's result. */
  readonly isFinal: boolean;
}

/** What a client says of itself when it opens a session. */
export interface SessionHead {
  readonly id: string;
  /** Stands for the folder and machine that the client builds from; "" when it does not say. */
  readonly sharedKey: string;
  /** Methods that the client serves, each as `/package.Service/Method`. */
  readonly methods: readonly string[];
}

/** How much of the build cache is to go. */
export interface PruneOrder {
  readonly all: boolean;
  readonly filters: readonly string[];
  readonly keepMs: number;
  readonly maxUsedBytes: number;
}

/** What stands behind BuildKit's Control service. Everything may throw a TdockError. */
export interface ControlService {
  readonly version: string;
  readonly worker: {
    readonly id: string;
    readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  };
  usage(filters: readonly string[]): Promise<readonly UsageRecord[]>;
  /** Resolves to what was removed. */
  prune(order: PruneOrder): Promise<readonly UsageRecord[]>;
  /** Builds; resolves to what is told of the result. */
  solve(order: SolveOrder, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** What a build tells, from its beginning to its end, also before it was asked for. */
  status(ref: string, signal: AbortSignal): AsyncIterable<StatusUpdate>;
  /** Takes up a session whose connection goes through a call; resolves when it is over. */
  session(head: SessionHead, connection: Duplex): Promise<void>;
  /** Takes the order of a client that calls the frontend itself. */
  callFrontend(order: FrontendOrder): void;
}

/** The methods of `moby.buildkit.v1.Control`, and of the gateway as far as clients need it to call the frontend. */
export function controlMethods(service: ControlService): readonly ServedMethod[] {
  const { os, architecture, variant = "" } = service.worker.platform;
  const version = { package: "tdock", version: service.version, revision: "" };
  const workers = [
    {
      ID: service.worker.id,
      Labels: { "org.mobyproject.buildkit.worker.executor": "oci" },
      platforms: [{ OS: os, Architecture: architecture, Variant: variant }],
      BuildkitVersion: version,
    },
  ];
  return [
    unaryMethod(Control.method.info, () => ({ buildkitVersion: version })),
    unaryMethod(Control.method.listWorkers, () => ({ record: workers })),
    unaryMethod(Control.method.diskUsage, async ({ filter }) => ({
      record: (await service.usage(filter)).map(usageMessage),
    })),
    streamMethod(Control.method.prune, async function* ({ all, filter, keepDuration, ...limits }) {
      const maxUsedBytes = Number(limits.maxUsedSpace || limits.reservedSpace);
      const order = { all, filters: filter, keepMs: Number(keepDuration) / 1e6, maxUsedBytes };
      yield* (await service.prune(order)).map(usageMessage);
    }),
    unaryMethod(Control.method.solve, async (request, { signal }) => ({
      ExporterResponse: await service.solve(solveOrder(request), signal),
    })),
    streamMethod(Control.method.status, async function* ({ Ref }, { signal }) {
      for await (const update of service.status(Ref, signal)) yield toStatusResponse(update);
    }),
    duplexMethod(Control.method.session, (requests, reply, { metadata }) =>
      service.session(
        sessionHead(metadata),
        tunnel(requests, (data) => reply({ data })),
      ),
    ),
    unaryMethod(LLBBridge.method.ping, () => ({ Workers: workers })),
    unaryMethod(LLBBridge.method.solve, ({ Frontend, FrontendOpt, Definition, Final }, context) => {
      const hasDefinition = Definition.length > 0;
      const order = { ref: buildOf(context), frontend: Frontend, options: FrontendOpt, hasDefinition, isFinal: Final };
      service.callFrontend(order);
      return { ref: "result" };
    }),
  ];
}

function sessionHead(metadata: IncomingHttpHeaders): SessionHead {
  const header = (name: string) => String(metadata[`x-docker-expose-session-${name}`] ?? "");
  return { id: header("uuid"), sharedKey: header("sharedkey"), methods: header("grpc-method").split(/\s*,\s*/) };
}

/** Which build a call of the gateway belongs to. */
function buildOf({ metadata }: CallContext): string {
  return String(metadata["buildkit-controlapi-buildid"] ?? "");
}

function solveOrder(request: SolveRequest): SolveOrder {
  const { Exporters, ExporterDeprecated, ExporterAttrsDeprecated } = request;
  const old = ExporterDeprecated === "" ? [] : [{ Type: ExporterDeprecated, Attrs: ExporterAttrsDeprecated }];
  const exporters = Exporters.length > 0 ? Exporters : old;
  return {
    ref: request.Ref,
    session: request.Session,
    frontend: request.Frontend,
    options: request.FrontendAttrs,
    exporters: exporters.map(exporterOf),
    entitlements: request.Entitlements,
    cacheExports: request.Cache?.Exports.map(exporterOf) ?? [],
    hasDefinition: request.Definition.length > 0 || Object.keys(request.FrontendInputs).length > 0,
  };
}

function exporterOf({ Type, Attrs }: { readonly Type: string; readonly Attrs: Record<string, string> }): Exporter {
  return { type: Type, attributes: Attrs };
}

function usageMessage(record: UsageRecord) {
  return {
    ID: record.id,
    InUse: record.inUse,
    Size: BigInt(record.sizeBytes),
    CreatedAt: timestampFromDate(record.createdAt),
    LastUsedAt: timestampFromDate(record.lastUsedAt),
    UsageCount: BigInt(record.usageCount),
    Description: record.description,
    RecordType: record.type,
  };
}
