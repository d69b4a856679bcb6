import type { CatalogEntry, CatalogRole } from "../events/catalog.ts";
import type { JsonObject } from "../events/serializable.ts";
import { describeFields, type FieldDescription } from "./describeFields.ts";

/** The catalog as one page of Markdown. */
export function catalogPage(entries: readonly CatalogEntry[]): string {
  const contents = entries.map(
    ({ type, description }) => `| [\`${type}\`](#${anchor(type)}) | ${cell(description ?? "")} |`,
  );
  return `# Event types

<!-- Written by \`tidings generate docs\`. Change the definitions, not this page. -->

| type | when it happens |
|---|---|
${contents.join("\n")}

${entries.map(section).join("\n")}`;
}

function section(entry: CatalogEntry): string {
  const facts = [
    `version ${entry.version}`,
    `lane ${entry.lane}`,
    ...(entry.severity === "info" ? [] : [`severity ${entry.severity}`]),
    `icon \`${entry.icon}\``,
    ...webhookFact(entry),
    ...(entry.aliases.length > 0
      ? [`once called ${entry.aliases.map((alias) => `\`${alias}\``).join(", ")}`]
      : []),
  ];
  const blocks = [
    `## ${entry.type}`,
    entry.description ?? undefined,
    entry.sentence === null ? undefined : `> ${markdown(entry.sentence)}`,
    `${facts.join(" · ").replace(/^v/, "V")}.`,
    entitiesTable(entry),
    fieldsTable(entry.jsonSchema),
    exampleBlock(entry),
    ...entry.olderVersions
      .toReversed()
      .map(
        ({ version, jsonSchema }) =>
          `Version ${version}, which is read as version ${entry.version}:\n\n${fieldsTable(jsonSchema)}`,
      ),
  ];
  return `${blocks.filter((block) => block !== undefined).join("\n\n")}\n`;
}

/** What is not plain: people's events are sent as they are stored, others are not. */
function webhookFact({ lane, version, webhook }: CatalogEntry): string[] {
  const versions = webhook.map((data) => data.version);
  if (versions.length === 0) return lane === "domain" ? ["not sent by webhooks"] : [];
  if (lane === "domain" && versions.length === 1 && versions[0] === version) return [];
  return [`sent by webhooks in version ${versions.join(" and ")}`];
}

function entitiesTable({ subject, roles }: CatalogEntry): string {
  const rows = [
    `| subject | ${kinds(subject.kinds)} | |`,
    ...roles.map((role) => `| \`${role.name}\` | ${kinds(role.kinds)} | ${HOLDS[role.holds]} |`),
  ];
  return `| role | entity | |\n|---|---|---|\n${rows.join("\n")}`;
}

const HOLDS: Readonly<Record<CatalogRole["holds"], string>> = {
  one: "",
  optional: "optional",
  many: "a list",
};

function kinds(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" or ");
}

function fieldsTable(schema: JsonObject | null): string {
  if (schema === null) return "Its data has no JSON Schema.";
  const fields = describeFields(schema);
  if (fields.length === 0) return "It has no data.";
  return `| field | type | |\n|---|---|---|\n${fields.map(fieldRow).join("\n")}`;
}

function fieldRow({ path, type, required, description }: FieldDescription): string {
  const notes = [required ? undefined : "optional", description].filter((note) => note !== undefined);
  return `| \`${path.replaceAll("|", "\\|")}\` | ${cell(type)} | ${cell(notes.join("; "))} |`;
}

function exampleBlock({ example, jsonSchema }: CatalogEntry): string | undefined {
  const isEmpty = example !== null && Object.keys(example).length === 0;
  if (isEmpty || jsonSchema === null) return undefined;
  return example === null
    ? "No example could be made; give the definition one."
    : `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``;
}

/** As GitHub and most renderers make it from a heading. */
function anchor(type: string): string {
  return type.replaceAll(".", "");
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

/** Labels and texts of examples may hold what Markdown would take for its own. */
function markdown(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]<>|]/g, "\\$&");
}
