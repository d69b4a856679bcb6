import { createRoute, z } from "@hono/zod-openapi";
import { actionKinds, lanes, severities } from "../events/defineEvent.ts";
import type { SavableFilter } from "../feed/savableFilter.ts";
import type { SavedFilter } from "../feed/savedFilters.ts";
import type { Tidings } from "../tidings.ts";
import type { Api } from "./api.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";
import { problemResponse } from "./problem.ts";

const texts = (description: string) => z.array(z.string()).min(1).max(50).optional().openapi({ description });

/** The parameters of `/feed`, as JSON. */
const savableFilterSchema = z
  .strictObject({
    of: texts("About these entities, each written `type:id`."),
    types: texts("Types (`card.moved`), categories (`card.*`) or older names."),
    categories: texts("First words of types: `card`."),
    actors: texts("Done by these."),
    subjects: texts("That happened to these."),
    subjectTypes: texts("That happened to entities of these kinds."),
    lanes: z.array(z.enum(lanes)).min(1).optional(),
    severities: z.array(z.enum(severities)).min(1).optional(),
    kinds: z.array(z.enum(actionKinds)).min(1).optional(),
    since: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi("SavableFilter");

export const savedFilterSchema = z
  .object({
    id: z.string(),
    owner: z.string().openapi({ description: "Who made it.", example: "user:ann" }),
    own: z.boolean().openapi({ description: "Made by the one who asks, who alone may change it." }),
    name: z.string(),
    filter: savableFilterSchema,
    shared: z.boolean().openapi({ description: "Everybody in the account sees it." }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi("SavedFilter");

const content = {
  name: z.string().min(1).max(100),
  filter: savableFilterSchema,
  shared: z.boolean(),
};

const createSchema = z
  .strictObject({ ...content, shared: content.shared.default(false) })
  .openapi("SavedFilterInput");
const updateSchema = z.strictObject(content).partial().openapi("SavedFilterChanges");

const params = z.object({ id: z.string() });
const query = z.strictObject({});

const listRoute = createRoute({
  method: "get",
  path: "/feed/filters",
  operationId: "listSavedFilters",
  summary: "The filters of the one who asks, then those that others share",
  request: { query },
  responses: {
    200: {
      description: "The filters.",
      content: jsonContent(z.object({ items: z.array(savedFilterSchema) }).openapi("SavedFilters")),
    },
    default: problemResponse,
  },
});

const createFilterRoute = createRoute({
  method: "post",
  path: "/feed/filters",
  operationId: "createSavedFilter",
  summary: "Keeps a filter under a name; at most 100 each",
  request: { query, body: { content: jsonContent(createSchema), required: true } },
  responses: {
    201: { description: "The filter.", content: jsonContent(savedFilterSchema) },
    default: problemResponse,
  },
});

const updateRoute = createRoute({
  method: "patch",
  path: "/feed/filters/{id}",
  operationId: "updateSavedFilter",
  summary: "Changes what is given of one's own filter",
  request: { params, query, body: { content: jsonContent(updateSchema), required: true } },
  responses: {
    200: { description: "The filter.", content: jsonContent(savedFilterSchema) },
    default: problemResponse,
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/feed/filters/{id}",
  operationId: "deleteSavedFilter",
  summary: "Deletes one's own filter",
  request: { params, query },
  responses: { 204: { description: "It is gone." }, default: problemResponse },
});

/** The owner is always who asks. */
export function addSavedFilterRoutes(
  api: Api,
  tidings: Tidings,
  options: { readonly maxBodyBytes: number },
): void {
  const middleware = jsonBody(options);

  api.openapi(listRoute, async (c) => {
    const { account, actor: owner } = c.get("identity");
    const filters = await tidings.savedFilters.list({ account, owner });
    return c.json({ items: filters.map(savedFilterJson) }, 200);
  });

  api.openapi({ ...createFilterRoute, middleware }, async (c) => {
    const { account, actor: owner } = c.get("identity");
    const { filter, ...given } = c.req.valid("json");
    const created = await tidings.savedFilters.create({
      account,
      owner,
      ...given,
      filter: withDates(filter),
    });
    return c.json(savedFilterJson(created), 201);
  });

  api.openapi({ ...updateRoute, middleware }, async (c) => {
    const { account, actor: owner } = c.get("identity");
    const { filter, ...given } = c.req.valid("json");
    const change = { account, owner, ...c.req.valid("param"), ...given };
    const updated = await tidings.savedFilters.update({ ...change, filter: filter && withDates(filter) });
    return c.json(savedFilterJson(updated), 200);
  });

  api.openapi(deleteRoute, async (c) => {
    const { account, actor: owner } = c.get("identity");
    await tidings.savedFilters.delete({ account, owner, ...c.req.valid("param") });
    return c.body(null, 204);
  });
}

function withDates({ since, until, ...lists }: z.infer<typeof savableFilterSchema>): SavableFilter {
  return { ...lists, since: since && new Date(since), until: until && new Date(until) } as SavableFilter;
}

function savedFilterJson({ filter, ...saved }: SavedFilter): z.infer<typeof savedFilterSchema> {
  return {
    ...saved,
    filter: JSON.parse(JSON.stringify(filter)) as z.infer<typeof savableFilterSchema>,
    createdAt: saved.createdAt.toISOString(),
    updatedAt: saved.updatedAt.toISOString(),
  };
}
