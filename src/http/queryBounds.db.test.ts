import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type TestApi } from "../../test/support/testApi.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: { readonly type?: string; readonly items?: { readonly enum?: readonly string[] } };
}

const operator = { as: { role: "operator" } } as const;
const webhooks = { secretKey: Buffer.alloc(32, "key").toString("base64") };

let api: TestApi;
let lists: { readonly path: string; readonly query: URLSearchParams; readonly list: Parameter }[];

beforeAll(async () => {
  api = await createTestApi({ webhooks });
  const description = (await (await api.get("/openapi.json", operator)).json()) as {
    paths: Record<string, { get?: { parameters?: readonly Parameter[] } }>;
  };
  lists = Object.entries(description.paths).flatMap(([path, { get }]) => {
    const asked = (get?.parameters ?? []).filter((each) => each.in === "query");
    return asked
      .filter(({ schema }) => schema.type === "array")
      .map((list) => {
        const query = new URLSearchParams(list.name === "audiences" ? { viewer: "a:1" } : {});
        for (const { name, required } of asked) if (required) query.set(name, "UTC");
        return { path: path.replace("{type}", "card").replace("{id}", "1"), query, list };
      });
  });
});
afterAll(() => api.drop());

test.each(["repeated", "separated by commas"])("every list in a query is bounded, %s", async (how) => {
  expect(lists.length).toBeGreaterThan(80);
  for (const { path, query, list } of lists) {
    // Answered before anybody is looked for: cards have no state.
    if (/\/state(\/moments)?$/.test(path)) continue;
    const value = list.schema.items?.enum?.[0] ?? "a:1";
    const values = Array.from({ length: list.name === "audiences" ? 501 : 51 }, () => value);
    const given = how === "repeated" ? values : [values.join(",")];
    const asked = new URLSearchParams(query);
    for (const each of given) asked.append(list.name, each);
    const response = await api.get(`${path}?${asked}`, operator);
    expect(await response.json(), `${path} ${list.name}`).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/ must (hold 1 to 50 |be a list of at most 500 keys)/) as string,
      path: expect.arrayContaining([list.name]) as string[],
    });
  }
});

test.each(["types", "nothing"])("a query with %s without end is refused by its length", async (name) => {
  const response = await api.get(`/feed?${`${name}=a&`.repeat(5_000)}`, operator);
  expect(await response.json()).toMatchObject({
    code: "INVALID_REQUEST",
    detail: expect.stringContaining("the limit is 8192") as string,
  });
});
