import { afterEach, expect, test, vi } from "vitest";
import { createRoute, z } from "@hono/zod-openapi";
import { isTidingsError } from "../errors.ts";
import { createApi } from "./api.ts";
import { jsonBody } from "./jsonBody.ts";
import { jsonContent } from "./jsonContent.ts";

const route = createRoute({
  method: "post",
  path: "/",
  request: { body: { content: jsonContent(z.strictObject({ word: z.string().default("none") })) } },
  responses: { 200: { description: "What was given.", content: jsonContent(z.unknown()) } },
});

function send(request: RequestInit) {
  const api = createApi("");
  api.onError((error, c) => c.text(isTidingsError(error) ? error.code : String(error), 400));
  api.openapi({ ...route, middleware: jsonBody({ maxBodyBytes: 100, optional: true }) }, (c) =>
    c.json(c.req.valid("json"), 200),
  );
  return api.request("/", { method: "POST", ...request });
}

const headers = { "content-type": "Application/JSON; charset=utf-8" };

afterEach(() => void vi.restoreAllMocks());

test("a body is parsed once, and checked by the route's schema", async () => {
  const body = '{"word":"parsed"}';
  const parse = vi.spyOn(JSON, "parse");
  const response = await send({ headers, body });
  expect(parse.mock.calls.filter(([text]) => text === body)).toHaveLength(1);
  expect(await response.json()).toEqual({ word: "parsed" });
  expect(await (await send({ headers, body: '{"wrod":1}' })).text()).toBe("INVALID_REQUEST");
});

test("no body is what the schema makes of an empty object", async () => {
  for (const request of [{}, { body: new Uint8Array(), headers: { "content-length": "0" } }])
    expect(await (await send(request)).json()).toEqual({ word: "none" });
});
