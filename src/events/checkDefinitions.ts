import { TidingsError } from "../errors.ts";
import { catalogEntry, sentenceOf } from "./catalog.ts";
import type { AnyEventDefinition } from "./defineEvent.ts";
import { whyNoJsonSchema } from "./jsonSchemaOf.ts";
import type { Registry } from "./registry.ts";
import { validateData } from "./validateData.ts";

/** Something about a definition that its readers will miss. */
export interface DefinitionProblem {
  readonly type: string;
  /** `error`: it does not do what it says. `warning`: it could say more. */
  readonly level: "error" | "warning";
  readonly rule: "verb" | "tense" | "sentence" | "description" | "json_schema" | "example" | "webhook";
  readonly message: string;
}

/** What `tidings check` finds, by type. */
export function checkDefinitions(registry: Registry): DefinitionProblem[] {
  return registry.types.flatMap((definition) => [
    ...checkName(definition),
    ...checkWords(definition),
    ...checkData(definition, registry),
    ...checkShapes(definition, registry),
  ]);
}

/** A row change says that something is different; an event says what happened. */
const ROW_CHANGES = new Set(["updated", "changed", "modified", "saved", "edited", "touched", "upserted"]);

/** Verbs that many write in the imperative, where their past has another form. `set`, `put` and `cut` have not. */
const PAST: Readonly<Record<string, string>> = {
  accept: "accepted",
  add: "added",
  approve: "approved",
  archive: "archived",
  assign: "assigned",
  buy: "bought",
  cancel: "cancelled",
  change: "changed",
  close: "closed",
  complete: "completed",
  create: "created",
  delete: "deleted",
  fail: "failed",
  invite: "invited",
  join: "joined",
  leave: "left",
  login: "logged_in",
  logout: "logged_out",
  move: "moved",
  pay: "paid",
  publish: "published",
  reject: "rejected",
  remove: "removed",
  rename: "renamed",
  reopen: "reopened",
  resolve: "resolved",
  restore: "restored",
  send: "sent",
  start: "started",
  submit: "submitted",
  unassign: "unassigned",
  update: "updated",
  upload: "uploaded",
};

function checkName({ type, lane, kind }: AnyEventDefinition): DefinitionProblem[] {
  if (kind !== null) return []; // an action is told to do something: card.move, user.update
  const verb = type.slice(type.lastIndexOf(".") + 1);
  if (lane !== "change" && ROW_CHANGES.has(verb)) {
    const message = `"${verb}" does not say what happened: name the deed (${type.split(".")[0]}.renamed, .moved, .closed), or give it the lane change`;
    return [{ type, level: "warning", rule: "verb", message }];
  }
  const past = PAST[verb];
  if (past === undefined) return [];
  const message = `events are named in the past tense: ${type.slice(0, -verb.length)}${past}`;
  return [{ type, level: "warning", rule: "tense", message }];
}

function checkWords({ type, sentence, description, lane }: AnyEventDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  // Only people's lanes are read as sentences; row changes have a rendering of their own.
  if (!sentence && (lane === "domain" || lane === "client")) {
    const message = "has no sentence: feeds show actor, verb and subject";
    problems.push({ type, level: "warning", rule: "sentence", message });
  }
  if (description === undefined) {
    const message = "has no description: catalog and docs cannot say when it happens";
    problems.push({ type, level: "warning", rule: "description", message });
  }
  return problems;
}

function checkData(definition: AnyEventDefinition, registry: Registry): DefinitionProblem[] {
  const { type, schema } = definition;
  const { jsonSchema, example } = catalogEntry(definition, registry);
  const problems: DefinitionProblem[] = [];
  if (jsonSchema === null) {
    const reason = schema ? whyNoJsonSchema(schema) : null;
    const message =
      reason === null
        ? "has no JSON Schema: give jsonSchema, or use a schema library that speaks Standard JSON Schema"
        : `has no JSON Schema: ${reason}. Where that is what is stored, record refuses it: write dates as ISO text, big integers as text. Otherwise give jsonSchema`;
    problems.push({ type, level: "warning", rule: "json_schema", message });
  }
  if (example === null) {
    problems.push(
      definition.example === undefined
        ? {
            type,
            level: "warning",
            rule: "example",
            message: "has no example, and none could be made from its schema",
          }
        : {
            type,
            level: "error",
            rule: "example",
            message: `its example is refused${refusalOf(definition)}`,
          },
    );
    return problems;
  }
  try {
    sentenceOf(definition, example, registry.languages.own);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `its sentence throws for the example ${JSON.stringify(example)}: ${reason}`;
    problems.push({ type, level: "error", rule: "sentence", message });
  }
  return problems;
}

/** Receivers would get nothing of a type whose `write` throws: fan-out sets such an event aside. */
function checkShapes(definition: AnyEventDefinition, registry: Registry): DefinitionProblem[] {
  const { type } = definition;
  if (!definition.webhook?.length) return [];
  const { example, webhook } = catalogEntry(definition, registry);
  return webhook.flatMap((shape): DefinitionProblem[] => {
    const name = `its webhook shape ${shape.version}`;
    if (example !== null && shape.example === null)
      return [{ type, level: "error", rule: "webhook", message: `${name} throws for the example` }];
    if (shape.jsonSchema !== null) return [];
    return [
      {
        type,
        level: "warning",
        rule: "webhook",
        message: `${name} has no schema: receivers get no type for data`,
      },
    ];
  });
}

/** What `record` would say to it. */
function refusalOf(definition: AnyEventDefinition): string {
  try {
    validateData(definition.example, definition);
    return "";
  } catch (error) {
    const reason = error instanceof TidingsError ? (error.detail ?? error.message) : String(error);
    return `: ${reason.replace(`${definition.type}: `, "")}`;
  }
}
