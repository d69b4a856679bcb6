import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { AccessRole } from "../../src/http/identity.ts";
import { pgliteScratch } from "../../src/db/pgliteScratch.ts";
import { createTestTidings, type TestTidings } from "../../src/testing/createTestTidings.ts";
import { openMigratedPglite } from "../../src/testing/migratedPglite.ts";
import { buildDashboard } from "../build.ts";
import { actions, clear, events, projectionsOf, schema, tables } from "./replayedApp.ts";

export interface ReplayedServer {
  readonly tidings: TestTidings;
  /** Opens a ticket, assigns it, labels it and closes it, as far as asked. Returns its id. */
  work(title: string, steps?: TicketSteps): Promise<string>;
  /** From now on comparisons wait for their scratch database. */
  hold(): void;
  release(): void;
  /** From now on the handler of `open_tickets` fails. */
  breakHandler(): void;
  mendHandler(): void;
  /** Of the dashboard: `replay/019d…`. */
  url(path: string): string;
  stop(): Promise<void>;
}

export interface TicketSteps {
  readonly to?: string;
  readonly labels?: readonly string[];
  readonly reason?: string;
}

export const account = "helpdesk";
/** Says in a request which role asks; without it an operator does. */
export const roleHeader = "x-test-role";
export const ann = { type: "user", id: "ann", label: "Ann" };

interface ReplayedOptions {
  /** Without any action or projection. Default false. */
  readonly bare?: boolean;
  /** What was recorded before anything ran. Default: nothing. */
  readonly before?: (tidings: TestTidings) => Promise<void>;
  /** As for `createTestTidings`. */
  readonly cacheDirectory?: string;
}

/** A help desk with the loops running: what the pages do really happens. */
export async function startReplayedServer({
  bare = false,
  before,
  cacheDirectory,
}: ReplayedOptions = {}): Promise<ReplayedServer> {
  let held = Promise.resolve();
  let release = () => {};
  let broken = false;
  const tidings = await createTestTidings({
    events,
    actor: ann,
    account,
    cacheDirectory,
    webhooks: { secretKey: Buffer.alloc(32, 7).toString("base64") },
    ...(!bare && {
      actions,
      projections: projectionsOf(() => {
        if (broken) throw new Error("The disk is full");
      }),
      replay: {
        clear,
        tables,
        scratch: async () => {
          const scratch = await pgliteScratch({
            open: () => openMigratedPglite("tidings", cacheDirectory), // a clone is there sooner than an empty one
            prepare: (pglite) => pglite.exec(schema),
          });
          await held;
          return scratch;
        },
      },
    }),
    http: {
      basePath: "/tidings",
      authorize: ({ headers }) => ({
        account,
        actor: ann,
        role: (headers.get(roleHeader) ?? "operator") as AccessRole,
      }),
    },
  });
  await buildDashboard();
  await tidings.pglite.exec(schema);
  await before?.(tidings);
  await tidings.start();
  const server = createAdaptorServer({ fetch: tidings.handler }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const by = { actor: ann, account };
  return {
    tidings,
    work: async (title, { to, labels = [], reason } = {}) => {
      const { result: id } = await tidings.perform(actions.openTicket, { title }, by);
      if (to !== undefined) await tidings.perform(actions.assignTicket, { id: id!, title, to }, by);
      for (const label of labels) await tidings.perform(actions.labelTicket, { id: id!, title, label }, by);
      if (reason !== undefined) await tidings.perform(actions.closeTicket, { id: id!, title, reason }, by);
      return id!;
    },
    hold: () => {
      held = new Promise((resolve) => (release = resolve));
    },
    release: () => release(),
    breakHandler: () => void (broken = true),
    mendHandler: () => void (broken = false),
    url: (path) => `http://127.0.0.1:${port}/tidings/dashboard/${path}`,
    async stop() {
      release();
      server.closeAllConnections();
      server.close();
      await tidings.close();
    },
  };
}
