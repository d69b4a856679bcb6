import type { z } from "@hono/zod-openapi";
import { checkSchema } from "../db/migrate.ts";
import { TidingsError, errorTable, type ErrorCode } from "../errors.ts";
import { createHandler } from "../http/handler.ts";
import type { deliveryDetailsSchema, deliverySchema } from "../http/webhookDeliverySchema.ts";
import type { endpointSchema } from "../http/webhookEndpointSchema.ts";
import type { jobSchema } from "../http/webhookJobRoutes.ts";
import { CliError } from "./cliError.ts";
import type { Call, Options } from "./command.ts";
import { requireTidings } from "./project.ts";
import { serverOf, serverOptions, type Server } from "./server.ts";

export type EndpointAnswer = z.infer<typeof endpointSchema>;
export type DeliveryAnswer = z.infer<typeof deliverySchema>;
export type DeliveryDetailsAnswer = z.infer<typeof deliveryDetailsSchema>;
export type JobAnswer = z.infer<typeof jobSchema>;

export const webhookOptions: Options = {
  account: {
    value: "A",
    description: "Whose webhooks. Needed, except with --server, where the token decides.",
  },
  config: {
    value: "FILE",
    description:
      "The module that exports your tidings. Default: tidings.config.ts, .mts, .mjs or .js in this folder.",
  },
  ...serverOptions,
};

/** The webhook routes of HTTP, of a running app or of the app's own tidings in this process: one way to ask either. */
export interface WebhooksApi {
  /** The answer's JSON, or null for none. Throws what the problem says. */
  ask<Answer>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Answer>;
}

export async function webhooksApi(call: Call): Promise<WebhooksApi> {
  const server = serverOf(call) ?? (await ownServer(call));
  return {
    ask: async <Answer>(method: string, path: string, body?: object) => {
      const json = body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      };
      const response = await server.ask(`/webhooks/${path}`, { method, ...json });
      return (response.status === 204 ? null : await response.json()) as Answer;
    },
  };
}

/** The app's own handler decides who may; here it is whoever can run the app's module. Its loops are not started. */
async function ownServer(call: Call): Promise<Pick<Server, "ask">> {
  const account = call.required("account");
  const tidings = await requireTidings(call, " or ask a running app: --server URL --token T");
  await checkSchema(tidings.db);
  const handler = createHandler(tidings, { authorize: () => ({ account, actor: COMMAND, role: "service" }) });
  // What an answer hides from clients: here nobody reads the app's log.
  let failure: unknown;
  tidings.signals.on("http.failed", ({ error }) => (failure = error));
  return {
    ask: async (path, init) => {
      const response = await handler(new Request(`http://localhost${path}`, init));
      if (!response.ok) throw failure ?? (await problemIn(response));
      return response;
    },
  };
}

const COMMAND = { type: "system", id: "cli", label: "tidings webhooks" } as const;

async function problemIn(response: Response): Promise<Error> {
  const { code, detail, path } = (await response.json()) as {
    code: string;
    detail?: string | undefined;
    path?: readonly (string | number)[] | undefined;
  };
  return Object.hasOwn(errorTable, code)
    ? new TidingsError(code as ErrorCode, { detail, path })
    : new CliError("UNEXPECTED", `The app answered ${response.status}`);
}

const WORDS = {
  ENDPOINT: "its id, ep_…. tidings webhooks endpoints lists them",
  DELIVERY: "its id, dlv_…, as the portal and the dashboard show it",
} as const;

/** The only word that a command takes. */
export function onlyWord(call: Call, what: keyof typeof WORDS): string {
  const [word] = call.positionals;
  if (word === undefined) throw new CliError("USAGE", `${what} is missing: ${WORDS[what]}`);
  return encodeURIComponent(word);
}
