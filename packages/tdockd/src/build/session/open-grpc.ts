import type { grpcOpen } from "@tdock/api/build-session";
import type { Input } from "@tdock/api/endpoint";
import type { Upgrade } from "@tdock/api/output";
import { controlMethods } from "@tdock/buildkit/control";
import { serveGrpc } from "@tdock/buildkit/grpc-server";
import type { BuildEngine } from "../build-engine.ts";
import { controlService } from "./control-service.ts";
import { requireHttp2 } from "./require-http2.ts";

/** Serves BuildKit's Control on the connection. Throws `invalid-argument` when the client asks for no h2c. */
export function openGrpc(engine: BuildEngine, { upgrade }: Input<typeof grpcOpen>, connection: Upgrade): void {
  requireHttp2(upgrade);
  serveGrpc(connection.acceptHttp2(), controlMethods(controlService(engine)));
}
