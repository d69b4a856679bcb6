import {
  checkPublished,
  unpublishedVersions,
  withUnpublished,
  type PublishedVersions,
  type VersionProblem,
} from "../events/publishedVersions.ts";
import type { ShapeChange } from "../events/schemaShape.ts";
import { CliError } from "./cliError.ts";
import type { Call, Command } from "./command.ts";
import { definitionOptions, loadReaders } from "./project.ts";
import { printable, type Terminal } from "./terminal.ts";
import { readVersions, VERSIONS_FILE, writeVersions } from "./versionsFile.ts";

export const checkVersions: Command = {
  name: "check versions",
  summary: "Guards what was published: every version stays readable",
  usage: "[--update] [options]",
  about:
    "The file, which belongs into version control, holds the shape of every version of every event type and action, and one " +
    "payload of each. A published shape must not change, and each payload must still read as the present version. " +
    "--update adds what is new: types, versions, optional fields. It changes nothing else; --forget does, by name.",
  options: {
    file: { value: "FILE", description: `What was published. Default: ${VERSIONS_FILE} in this folder.` },
    update: { description: "Adds new types and versions to the file." },
    forget: {
      value: "TYPE@VERSION",
      repeated: true,
      description:
        "With --update: takes this version out of the file first. For one that no log holds: never released, or all gone.",
    },
    ...definitionOptions,
  },
  examples: [
    ["tidings check versions", "For continuous integration."],
    ["tidings check versions --update", "Publishes what is new; commit the file."],
    ["tidings check versions --update --forget card.moved@3", "Its shape changed again before its release."],
  ],
  failsWhen: "what was published cannot be read, or something new is not in the file yet",
  run: async (call) => {
    const { registry, findRoute } = await loadReaders(call);
    const file = call.text("file") ?? VERSIONS_FILE;
    const published = forgetting(call, (await readVersions(file)) ?? {}, file);
    const problems = checkPublished(published, registry, findRoute);
    const unpublished = unpublishedVersions(published, registry);
    const isWritten = call.has("update") && problems.length === 0;
    const present = isWritten ? withUnpublished(published, registry) : published;
    if (isWritten) await writeVersions(file, present);
    const { print } = call.terminal;
    if (call.has("json")) {
      print(JSON.stringify({ file, written: isWritten, problems, unpublished }));
    } else {
      for (const problem of problems) printProblem(problem, call.terminal);
      for (const { type, version, fields } of unpublished)
        print(`${isWritten ? "added" : "new  "}  ${[type, version, ...fields].join(" ")}`);
      print(summary(file, present, problems.length, unpublished.length, isWritten));
    }
    return problems.length > 0 || (unpublished.length > 0 && !isWritten) ? 1 : 0;
  },
};

/** Without those that the caller knows to be in no log. Naming each one keeps it from covering a mistake. */
function forgetting(call: Call, published: PublishedVersions, file: string): PublishedVersions {
  const names = call.texts("forget");
  if (names.length > 0 && !call.has("update")) throw new CliError("USAGE", "--forget goes with --update");
  return names.reduce((rest, name) => {
    const [type = "", version = ""] = name.split("@");
    if (rest[type]?.[version] === undefined) {
      const message = `--forget ${name}: ${file} holds no such version. Write it as card.moved@3`;
      throw new CliError("USAGE", message);
    }
    const { [version]: _, ...others } = rest[type];
    const { [type]: __, ...otherTypes } = rest;
    return Object.keys(others).length > 0 ? { ...otherTypes, [type]: others } : otherTypes;
  }, published);
}

function printProblem({ type, version, message, changes }: VersionProblem, { print, paint }: Terminal): void {
  print(`${paint("red", "error")}  ${type} ${version}  ${printable(message)}`);
  for (const change of changes) print(`         ${printable(spoken(change))}`);
}

/** `position.type  "integer" → "number"`; what only one side has is `+` or `-`. */
function spoken({ path, published, present }: ShapeChange): string {
  if (published === undefined) return `+ ${path}  ${JSON.stringify(present)}`;
  if (present === undefined) return `- ${path}  ${JSON.stringify(published)}`;
  return `~ ${path}  ${JSON.stringify(published)} → ${JSON.stringify(present)}`;
}

function summary(
  file: string,
  published: PublishedVersions,
  problems: number,
  unpublished: number,
  isWritten: boolean,
): string {
  const versions = Object.values(published).flatMap((of) => Object.values(of));
  const bare = versions.filter(({ golden }) => golden === null).length;
  return [
    `${file}: ${versions.length} published`,
    ...(problems > 0 ? [`${problems} broken`] : []),
    ...(unpublished > 0
      ? [isWritten ? `${unpublished} added` : `${unpublished} new, to be added with --update`]
      : []),
    ...(bare > 0 ? [`${bare} without a golden payload`] : []),
  ].join(", ");
}
