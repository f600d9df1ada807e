import { INSTALL_LIMIT, pythonWithTools, ToolsUnavailable } from "../support/python-tools.ts";

/**
 * For a `before` hook: Python with the auditors, or the suite is skipped and says why. The first call on a machine
 * installs them.
 */
export async function auditors(context: Mocha.Context): Promise<string> {
  context.timeout(INSTALL_LIMIT);
  try {
    return await pythonWithTools();
  } catch (error) {
    if (!(error instanceof ToolsUnavailable)) throw error;
    console.log(`    auditors tier skipped: ${error.message}`);
    return context.skip();
  }
}
