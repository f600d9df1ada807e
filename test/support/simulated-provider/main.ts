import { main } from "@pulumi/pulumi/provider/index.js";
import { SimulatedProvider } from "./provider.ts";

/**
 * The provider's process: `main.ts FILE`, FILE being the account. Prints the port it listens on, on
 * 127.0.0.1. A process of its own, since the SDK's server answers once per process and keeps
 * handlers for uncaught errors that would swallow a test's.
 */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: main.ts FILE, the file that holds the simulated account");
// The process ends with the one that started it, whatever way that went: its standard input closes.
process.stdin.on("close", () => process.exit(0)).resume();
// Newer than any version a program asks for: an older one makes the engine warn.
await main(new SimulatedProvider(file, "99.0.0"), []);
