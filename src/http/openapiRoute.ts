import { createRoute, z } from "@hono/zod-openapi";
import type { Api } from "./api.ts";
import { jsonContent } from "./jsonContent.ts";

const openapiRoute = createRoute({
  method: "get",
  path: "/openapi.json",
  operationId: "readDescription",
  summary: "This description, in OpenAPI 3.1",
  responses: {
    200: {
      description: "The description.",
      content: jsonContent(z.record(z.string(), z.unknown())),
    },
  },
});

/** The last route to be added: it describes those before it. */
export function addOpenapiRoute(api: Api, basePath: string): void {
  let description: Record<string, unknown> | undefined;
  api.openapi(openapiRoute, (c) => {
    description ??= {
      ...api.getOpenAPI31Document({
        openapi: "3.1.0",
        info: {
          title: "Tidings",
          version: "1",
          description:
            "The event log of an account. The account comes from who asks; no parameter names one. Every error is a " +
            "Problem (RFC 9457) with a code.",
        },
        servers: [{ url: basePath === "" ? "/" : encodeURI(basePath) }],
      }),
    };
    return c.json(description, 200);
  });
}
