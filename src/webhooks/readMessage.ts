import type { Queryable } from "../db/database.ts";
import type { Lane } from "../events/defineEvent.ts";
import type { PayloadFormat } from "./endpoint.ts";
import type { Message } from "./message.ts";
import { publicId } from "./publicId.ts";

const READ = `
select type, subject, subject_label, lane, event_id::text, position::text, format, version, content_type, headers::text,
       translate(encode(body, 'base64'), E'\\n', '') as body, extract(epoch from created_at)::float8 * 1000 as created_ms
  from tidings.messages where account_id = $1 and id = $2::uuid`;

interface MessageRow {
  type: string;
  subject: string;
  subject_label: string | null;
  lane: Lane | null;
  event_id: string | null;
  position: string | null;
  format: PayloadFormat;
  version: number;
  content_type: string;
  headers: string;
  body: string;
  created_ms: number;
}

/** By its uuid. Null when retention has dropped its month. */
export async function readMessage(on: Queryable, account: string, uuid: string): Promise<Message | null> {
  const [row] = await on.query<MessageRow>(READ, [account, uuid]);
  if (!row) return null;
  const { lane, event_id, position } = row;
  return {
    id: publicId("message", uuid),
    account,
    type: row.type,
    subject: row.subject,
    subjectLabel: row.subject_label,
    event: lane && event_id ? { lane, id: event_id, position: Number(position) } : null,
    format: row.format,
    version: row.version,
    contentType: row.content_type,
    headers: JSON.parse(row.headers) as Record<string, string>,
    body: Buffer.from(row.body, "base64"),
    createdAt: new Date(row.created_ms),
  };
}
