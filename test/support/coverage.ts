import v8 from "@vitest/coverage-v8";
import type { CoverageProviderModule } from "vitest/node";

/**
 * V8's coverage of the modules that tests import. The command line loads an app's TypeScript anew for each command, with what it imports
 * of Tidings, as copies whose address ends in `?namespace=…`: to work out the lines of 15,000 took two minutes and more.
 */
const provider: CoverageProviderModule = {
  ...v8,
  takeCoverage: async (options) => {
    const { result } = (await v8.takeCoverage!(options)) as { result: { url: string }[] };
    return { result: result.filter(({ url }) => !url.includes("?")) };
  },
};
export default provider;
