import type { Database } from "../../db/database.ts";
import type { EntityRef } from "../../events/entity.ts";
import type { Finding } from "../../log/doctor/finding.ts";
import type { PayloadFormat } from "../endpoint.ts";
import type { PublicEvent } from "../publicForm.ts";

const ENDPOINTS = 20;
const OF_EACH = 5;
const READ_BYTES = 64 * 1024;

// What was really sent: examples of definitions have the ids 1, 2, 3 whatever the app's keys are. From the endpoints that were
// served last a few messages each, so that this costs the same however many there are. Not tests, which show examples, and
// not what Slack gets, which is a sentence.
const LATEST = `
with served as materialized (
  select account_id, endpoint_id from tidings.endpoint_runs order by last_served desc, account_id, endpoint_id limit ${ENDPOINTS}
), latest as (
  select distinct s.account_id, d.message_id
    from served s cross join lateral (
      select d.message_id from tidings.deliveries d
       where d.account_id = s.account_id and d.endpoint_id = s.endpoint_id order by d.id desc limit ${OF_EACH}) d
)
select m.format, encode(m.body, 'base64') as body
  from latest l cross join lateral (
    select * from tidings.messages m where m.account_id = l.account_id and m.id = l.message_id limit 1) m
 where m.event_id is not null and m.format <> 'slack' and octet_length(m.body) <= ${READ_BYTES}
 order by m.id desc`;

interface MessageRow {
  format: PayloadFormat;
  body: string;
}

/** Whether receivers see the app's inner keys: plain integers tell how many there are, and can be guessed. */
export async function examinePayloads(db: Database): Promise<Finding[]> {
  const messages = await db.query<MessageRow>(LATEST);
  // The newest message that shows an entity decides: a publicId that was given since counts at once.
  const isPlain = new Map<string, boolean>();
  for (const message of messages) {
    for (const { type, id } of entitiesShown(message)) {
      if (!isPlain.has(type)) isPlain.set(type, /^\d+$/.test(id));
    }
  }
  const plain = [...isPlain]
    .filter(([, shown]) => shown)
    .map(([type]) => type)
    .toSorted();
  const check = "webhook payloads";
  const details = { messages: messages.length, integerKeys: plain.slice(0, 20) };
  const looked = messages.length === 1 ? "the last message" : `the last ${messages.length} messages`;
  if (plain[0] === undefined) {
    const summary = messages.length === 0 ? "Nothing was sent yet" : `No integers as keys in ${looked}`;
    return [{ check, status: "fine", summary, fix: null, details }];
  }
  const more = plain.length > 3 ? ` and ${plain.length - 3} more` : "";
  const summary = `Receivers see integers as keys of ${plain.slice(0, 3).join(", ")}${more} in ${looked}`;
  const fix = `Give it public keys: defineEntity(${JSON.stringify(plain[0])}, { publicId: (id) => … })`;
  return [{ check, status: "warning", summary, fix, details }];
}

/** Those of the event itself; what its data holds is the app's to decide. */
function entitiesShown({ format, body }: MessageRow): Pick<EntityRef, "type" | "id">[] {
  const parsed = JSON.parse(Buffer.from(body, "base64").toString()) as { data?: Partial<PublicEvent> };
  const event = (format === "cloudevents" ? parsed.data : parsed) as Partial<PublicEvent>;
  const { actor, onBehalfOf, subject, refs = {} } = event;
  const all = [subject, actor, onBehalfOf, ...Object.values(refs).flat()];
  return all.filter((ref) => ref !== null && ref !== undefined);
}
