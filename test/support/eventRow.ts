import type { EventRow } from "../../src/log/append.ts";

/** A row as `record` hands it to the log, with nothing that may be left out. */
export const eventRow: EventRow = {
  account: "acme",
  lane: "domain",
  type: "item.noted",
  version: 1,
  severity: "info",
  subject: { type: "item", id: "1", label: null },
  actor: { type: "user", id: "ann", label: null },
  onBehalfOf: null,
  occurredAt: null,
  refs: {},
  data: {},
  metadata: {},
  entities: ["item:1", "user:ann"],
  audience: null,
  kind: null,
  sealed: null,
  reservedId: null,
  cause: null,
  key: null,
  fingerprint: null,
};
