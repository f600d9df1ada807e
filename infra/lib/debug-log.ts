import * as pulumi from "@pulumi/pulumi";

/**
 * Ends the debug log of Pulumi's SDK: it tells the engine every answer to a registration or a provider function
 * word for word, secrets among them (sdk: runtime/resource.js, "RegisterResource RPC finished"; runtime/invoke.js,
 * "Invoke RPC finished"), and the engine writes it all into the file of `--event-log`, whatever the display shows.
 * The SDK has no switch for it. Its modules call `log.debug` through the module's object, and so does this.
 *
 * Called before a program makes or asks anything (FM-65). What is told to people, `info` and louder, stays.
 */
export function endDebugLog(): void {
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
}
