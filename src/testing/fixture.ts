import type { AnyEventDefinition, EventDefinition, EventShape } from "../events/defineEvent.ts";
import type { Draft, DraftInput } from "../events/draft.ts";
import { exampleData } from "../events/exampleData.ts";
import { exampleEntities } from "../events/exampleEntities.ts";
import { jsonSchemaOf } from "../events/jsonSchemaOf.ts";
import { pathOf } from "../events/validateData.ts";

/** What a fixture should have instead of samples; `refs` and `data` are laid over the samples key by key. */
export type FixtureOverrides<Shape extends EventShape> = Partial<Omit<DraftInput<Shape>, "refs" | "data">> & {
  refs?: Partial<Shape["refs"]> | undefined;
  data?: Partial<Shape["input"]> | undefined;
};

/**
 * A valid draft for tests that need an event and do not care which: every role is filled, each with an entity of its
 * own, and the data is the definition's example, else sampled from its JSON Schema. The same at every call. Account and
 * actor come from the context, as for any draft, unless they are given. Throws where no valid data can be made.
 */
export function fixture<Shape extends EventShape>(
  definition: EventDefinition<Shape>,
  overrides: FixtureOverrides<Shape> = {},
): Draft<Shape> {
  const { refs, data, ...rest } = overrides;
  const sampled = exampleEntities(definition);
  const input = {
    subject: sampled.subject,
    ...rest,
    refs: { ...sampled.refs, ...refs },
    data: { ...sampleInput(definition), ...(data as object | undefined) },
  };
  checkData(definition, input.data);
  return definition(input as unknown as DraftInput<Shape>);
}

/** What the schema takes, not what it makes of it: a draft is validated again. */
function sampleInput({ example, schema, jsonSchema }: AnyEventDefinition): object | undefined {
  if (example !== undefined) return example as object;
  if (schema === undefined) return undefined;
  const described = jsonSchema ?? jsonSchemaOf(schema, "input");
  return described === null ? undefined : (exampleData(described) as object | undefined);
}

function checkData({ type, schema }: AnyEventDefinition, data: unknown): void {
  const result = schema?.["~standard"].validate(data);
  // What validates asynchronously is refused by `record`, in its own words.
  if (result instanceof Promise) result.catch(() => undefined);
  if (result === undefined || result instanceof Promise || !result.issues) return;
  const issues = result.issues.map((issue) => `${["data", ...pathOf(issue)].join(".")}: ${issue.message}`);
  throw new TypeError(
    `fixture: no valid data for ${type} could be sampled (${issues.join("; ")}). ` +
      `Give the definition an example, or pass the data that is missing.`,
  );
}
