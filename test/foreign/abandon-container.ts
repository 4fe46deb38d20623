// Starts a container with Testcontainers, prints its id, and ends without stopping it. Run with an image's reference.
import { GenericContainer } from "testcontainers";

const container = await new GenericContainer(process.argv[2] ?? "").withCommand(["sleep", "600"]).start();
process.stdout.write(`${container.getId()}\n`, () => process.exit());
