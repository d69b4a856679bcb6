import { checkDefinitions } from "../events/checkDefinitions.ts";
import { checkPublished, unpublishedVersions, type FindRoute } from "../events/publishedVersions.ts";
import type { Registry } from "../events/registry.ts";
import type { Command } from "./command.ts";
import { definitionOptions, loadReaders } from "./project.ts";
import { printable } from "./terminal.ts";
import { readVersions, VERSIONS_FILE } from "./versionsFile.ts";

export const check: Command = {
  name: "check",
  summary: "Reviews the event definitions",
  usage: "[options]",
  about:
    "Errors: an example that record refuses, a sentence that throws. Warnings: names that do not say what " +
    "happened (card.updated) or are not in the past tense, and types without sentence, description or JSON Schema. " +
    `With a ${VERSIONS_FILE} in this folder also what "tidings check versions" finds.`,
  options: {
    strict: { description: "Warnings fail, too." },
    ...definitionOptions,
  },
  examples: [
    ["tidings check --events src/events.ts", "Reviews the definitions of one module."],
    ["tidings check --strict", "For continuous integration."],
  ],
  failsWhen: "there is an error, or with --strict a warning",
  run: async (call) => {
    const { registry, findRoute } = await loadReaders(call);
    const problems = [...checkDefinitions(registry), ...(await checkVersionsFile(registry, findRoute))];
    const errors = problems.filter(({ level }) => level === "error").length;
    const warnings = problems.length - errors;
    const { print, paint } = call.terminal;
    if (call.has("json")) {
      print(JSON.stringify({ types: registry.types.length, errors, warnings, problems }));
    } else {
      const width = Math.max(0, ...problems.map(({ type }) => type.length));
      for (const { type, level, message } of problems) {
        print(
          `${paint(level === "error" ? "red" : "yellow", level.padEnd(7))}  ${type.padEnd(width)}  ${printable(message)}`,
        );
      }
      print(
        `${counted(registry.types.length, "type")}, ${counted(errors, "error")}, ${counted(warnings, "warning")}`,
      );
    }
    return errors > 0 || (call.has("strict") && warnings > 0) ? 1 : 0;
  },
};

async function checkVersionsFile(registry: Registry, findRoute: FindRoute) {
  const published = await readVersions(VERSIONS_FILE);
  if (published === undefined) return [];
  return [
    ...checkPublished(published, registry, findRoute).map((problem) => ({
      ...problem,
      level: "error" as const,
      message: `version ${problem.version} ${problem.message}`,
    })),
    ...unpublishedVersions(published, registry).map(({ type, version, fields }) => ({
      type,
      version,
      level: "warning" as const,
      rule: "unpublished",
      message: `${["version", version, ...fields].join(" ")} is not in ${VERSIONS_FILE}: tidings check versions --update`,
    })),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
