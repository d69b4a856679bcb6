import type { Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { DisabledReason, PayloadFormat } from "./endpoint.ts";
import type { Expression } from "./expression.ts";
import { uuidOf } from "./publicId.ts";

/** An endpoint as far as those need it who make deliveries for it by hand. */
export interface Target {
  readonly account: string;
  /** Its uuid. */
  readonly id: string;
  readonly disabled: DisabledReason | null;
  readonly delivery: "push" | "pull";
  readonly format: PayloadFormat;
  readonly payloadVersion: number;
  readonly types: readonly string[];
  readonly filter: Expression | null;
}

// The list of types travels as JSON: drivers disagree about arrays.
const READ = `
select status, status_reason, delivery, format, payload_version, to_jsonb(types)::text as types, filter::text
  from tidings.endpoints where account_id = $1 and id = $2::uuid and status <> 'deleted'`;

interface TargetRow {
  status: "enabled" | "disabled";
  status_reason: DisabledReason | null;
  delivery: "push" | "pull";
  format: PayloadFormat;
  payload_version: number;
  types: string;
  filter: string | null;
}

/** By its public id. Throws ENDPOINT_NOT_FOUND, also for an endpoint of another account. */
export async function findTarget(on: Queryable, account: string, endpoint: string): Promise<Target> {
  const target = await readTarget(on, account, uuidOf("endpoint", endpoint));
  if (!target) throw new TidingsError("ENDPOINT_NOT_FOUND");
  return target;
}

/** By its uuid. Null where it was deleted. */
export async function readTarget(on: Queryable, account: string, uuid: string): Promise<Target | null> {
  const [row] = await on.query<TargetRow>(READ, [account, uuid]);
  if (!row) return null;
  return {
    account,
    id: uuid,
    disabled: row.status === "enabled" ? null : (row.status_reason ?? "asked"),
    delivery: row.delivery,
    format: row.format,
    payloadVersion: row.payload_version,
    types: JSON.parse(row.types) as string[],
    filter: row.filter === null ? null : (JSON.parse(row.filter) as Expression),
  };
}

const REASONS: Readonly<Record<DisabledReason, string>> = {
  asked: "It was disabled by hand",
  failing: "It was disabled after days without a success",
  gone: "It answered 410 Gone",
  control: "It asked for no more deliveries",
};

/** Throws ENDPOINT_DISABLED, with the reason. */
export function checkEnabled(target: Target): void {
  if (target.disabled) throw new TidingsError("ENDPOINT_DISABLED", { detail: REASONS[target.disabled] });
}

/** Throws ENDPOINT_DISABLED, or DELIVERY_STATE where the endpoint pulls. */
export function checkPushed(target: Target): void {
  checkEnabled(target);
  if (target.delivery === "pull")
    throw new TidingsError("DELIVERY_STATE", {
      detail: "The endpoint pulls: it can read its messages again",
    });
}
