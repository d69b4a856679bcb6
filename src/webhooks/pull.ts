import type { Database } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { checkWhole } from "../events/checkQuery.ts";
import { checkNames, type NamesOf } from "../events/filter.ts";
import { cursorUuid } from "./delivery.ts";
import type { SignatureScheme } from "./endpoint.ts";
import { publicId } from "./publicId.ts";
import { liveSecrets, type SealedSecret } from "./rotation.ts";
import { sign } from "./schemes.ts";
import { sealedFor, type Sealing } from "./sealing.ts";
import { checkEnabled, findTarget, type Target } from "./target.ts";

export interface PullOptions {
  readonly account?: string | undefined;
  /** The `cursor` of the page before. Default: from the oldest that is kept. */
  readonly after?: string | undefined;
  /** 1 to 200. Default 50. A page also ends at 4 MiB. */
  readonly limit?: number | undefined;
}

/** What a request would have brought. */
export interface PulledMessage {
  /** The same that `webhook-id` says. */
  readonly id: string;
  /** Signed like a request, so that the receiver verifies both alike. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface PulledMessages {
  /** In order. */
  readonly messages: readonly PulledMessage[];
  /** Keep it, and pass it as `after`. Null: there was nothing yet. */
  readonly cursor: string | null;
  readonly more: boolean;
}

export interface Pull {
  /**
   * What would have been sent, in order, for a receiver that asks. Changes nothing: whoever asks twice gets it twice. Throws
   * DELIVERY_STATE for an endpoint that is pushed to: only of one that pulls do deliveries become visible in order.
   */
  pull(endpoint: string, options?: PullOptions): Promise<PulledMessages>;
}

export interface PullDependencies {
  readonly db: Database;
  readonly sealing: Sealing;
  readonly accountOf: (given: string | undefined) => string;
}

export function createPull({ db, sealing, accountOf }: PullDependencies): Pull {
  return {
    pull: async (endpoint, options = {}) => {
      checkNames(options, optionNames);
      const account = accountOf(options.account);
      const limit = checkWhole("limit", options.limit ?? 50, 1, 200);
      const after = options.after === undefined ? null : cursorUuid(options.after);
      const target = await findTarget(db, account, endpoint);
      checkEnabled(target);
      if (target.delivery === "push")
        throw new TidingsError("DELIVERY_STATE", { detail: 'The endpoint has `delivery: "push"`' });
      const rows = await db.query<PulledRow>(READ, [account, target.id, after, limit]);
      const last = rows.at(-1);
      const signature = await signatureOf(db, sealing, target);
      return {
        messages: rows.flatMap((row) => (row.body === null ? [] : [pulledMessage(row, row.body, signature)])),
        cursor: last ? publicId("delivery", last.id) : (options.after ?? null),
        more: last !== undefined && last.found > rows.length,
      };
    },
  };
}

const optionNames: NamesOf<PullOptions> = { account: true, after: true, limit: true };

/** Bodies are read into memory: 200 of the largest would be more than 12 MiB. */
const MOST_BYTES = 4 * 1024 * 1024;

// Deliveries in every state but expired: one that still waits to be held must not be passed over by the cursor. Messages that
// retention dropped keep their place, without a body.
const READ = `
select id::text, message_id::text, found, type, content_type, headers::text, translate(encode(body, 'base64'), E'\\n', '') as body
  from (select d.id, d.message_id, m.type, m.content_type, m.headers, m.body, row_number() over in_order as place,
               sum(coalesce(length(m.body), 0)) over in_order as bytes, count(*) over ()::int as found
          from (select id, message_id from tidings.deliveries
                 where account_id = $1 and endpoint_id = $2::uuid and ($3::text is null or id > $3::text::uuid) and state <> 'expired'
                 order by id limit $4::int + 1) d
          left join lateral (select * from tidings.messages where account_id = $1 and id = d.message_id limit 1) m on true
        window in_order as (order by d.id)) page
 where place <= $4::int and (bytes <= ${MOST_BYTES} or place = 1)
 order by page.id`;

interface PulledRow {
  id: string;
  message_id: string;
  /** Deliveries that there are from here on, counted up to one more than asked for. */
  found: number;
  type: string | null;
  content_type: string | null;
  headers: string | null;
  body: string | null;
}

/** What one page is signed with. */
interface Signature {
  readonly scheme: SignatureScheme;
  readonly compat: boolean;
  readonly keys: Parameters<typeof sign>[1]["keys"];
  readonly timestamp: number;
}

const READ_SIGNATURE = `
select scheme, compat, secrets::text, extract(epoch from now())::float8 * 1000 as now_ms
  from tidings.endpoints where account_id = $1 and id = $2::uuid`;

interface SignatureRow {
  scheme: SignatureScheme;
  compat: boolean;
  secrets: string;
  now_ms: number;
}

async function signatureOf(db: Database, sealing: Sealing, { account, id }: Target): Promise<Signature> {
  const [row] = await db.query<SignatureRow>(READ_SIGNATURE, [account, id]);
  const secrets = liveSecrets(JSON.parse(row!.secrets) as SealedSecret[], row!.now_ms);
  return {
    scheme: row!.scheme,
    compat: row!.compat,
    keys: secrets.map(({ kind, sealed }) => ({ kind, secret: sealing.open(sealed, sealedFor(account, id)) })),
    timestamp: Math.floor(row!.now_ms / 1_000),
  };
}

function pulledMessage(
  row: PulledRow,
  base64: string,
  { scheme, compat, ...signature }: Signature,
): PulledMessage {
  const id = publicId("message", row.message_id);
  const body = Buffer.from(base64, "base64");
  return {
    id,
    body,
    headers: {
      ...(JSON.parse(row.headers ?? "{}") as Record<string, string>),
      "content-type": row.content_type ?? "application/json",
      ...sign(scheme, { ...signature, id, type: row.type ?? "", body }, compat),
    },
  };
}
