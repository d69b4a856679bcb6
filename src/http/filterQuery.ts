import { z } from "@hono/zod-openapi";
import { actionKinds, lanes, severities } from "../events/defineEvent.ts";

/** Values of one parameter: repeated, or separated by commas. */
export function list<Value extends string>(
  value: z.ZodType<Value, string>,
  description: string,
  separator = /,/,
) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(separator)))
    .pipe(z.array(value))
    .optional()
    .openapi({
      type: "array",
      items: { type: "string", ...(value instanceof z.ZodEnum && { enum: [...value.options] }) },
      description: `${description} Repeated, or separated by commas: any of them.`,
      param: { style: "form", explode: true },
    });
}

/** A comma may be part of an id; it separates only where another entity begins. */
const BEFORE_ENTITY = /,(?=[a-z][a-z0-9_]*:)/;
const entities = (description: string) =>
  list(z.string(), `${description} Written \`type:id\`.`, BEFORE_ENTITY);

export const moment = (description: string) =>
  z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .transform((text) => new Date(text))
    .optional()
    .openapi({ type: "string", format: "date-time", description });

/** What events happened to, who did them, what they are: fields of `EventFilter` that also a stream may have. */
export const matchParameters = {
  of: entities("About these entities, as subject, actor or in another role."),
  types: list(z.string(), "Types (`card.moved`), categories (`card.*`) or older names."),
  categories: list(z.string(), "First words of types: `card`."),
  actors: entities("Done by these."),
  subjects: entities("That happened to these."),
  subjectTypes: list(z.string(), "That happened to entities of these kinds: `card`."),
  lanes: list(z.enum(lanes), "Default `domain`."),
  severities: list(z.enum(severities), "How serious."),
  kinds: list(z.enum(actionKinds), "Actions that do this to their subject; other events have no kind."),
};

export const filterParameters = {
  ...matchParameters,
  since: moment("Recorded at or after this moment."),
  until: moment("Recorded before this moment."),
};

/** How many: checked here, so that whatever is no such number is refused alike. */
export function limitParameter(most: number, byDefault: number, description: string) {
  return z
    .string()
    .refine((text) => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= most, {
      error: `must be a whole number from 1 to ${most}`,
    })
    .transform(Number)
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: most, default: byDefault, description });
}

export const pageParameters = {
  before: z.string().optional().openapi({ description: "Older than this cursor: a page's `older`." }),
  after: z.string().optional().openapi({ description: "Newer than this cursor: a page's `newer`." }),
  limit: limitParameter(200, 50, "Items on a page."),
};

/** Where the neighbours of a page begin. */
export const pageCursors = {
  older: z
    .string()
    .nullable()
    .openapi({ description: "Pass as `before`; null when there is nothing older." }),
  newer: z.string().nullable().openapi({ description: "Pass as `after`." }),
};
