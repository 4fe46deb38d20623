import { endpoint } from "./endpoint.ts";

/** BuildKit's Control service, by gRPC after the upgrade to `h2c`. */
export const grpcOpen = endpoint({ kind: "hijack", method: "POST", path: "/grpc", headers: { upgrade: "upgrade" } });

/**
 * The BuildKit session protocol: after the upgrade to `h2c` the client is the gRPC server, and offers its files,
 * secrets, agents and credentials to the build whose `session` is this one's ID.
 */
export const sessionOpen = endpoint({
  kind: "hijack",
  method: "POST",
  path: "/session",
  headers: {
    upgrade: "upgrade",
    id: "x-docker-expose-session-uuid",
    /** Stands for the folder and machine that the client builds from. */
    sharedKey: "x-docker-expose-session-sharedkey",
    /** Methods that the client serves, each as `/package.Service/Method`, separated by commas. */
    methods: "x-docker-expose-session-grpc-method",
  },
});
