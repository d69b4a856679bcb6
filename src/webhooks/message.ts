import type { Lane } from "../events/defineEvent.ts";
import type { PayloadFormat } from "./endpoint.ts";

/** An event's public form in one format: the bytes that are signed and sent, made once. */
export interface Message {
  readonly id: string;
  readonly account: string;
  readonly type: string;
  /** `type:id`, as the public form shows it. */
  readonly subject: string;
  readonly subjectLabel: string | null;
  /** Null for a test message. */
  readonly event: { readonly lane: Lane; readonly id: string; readonly position: number } | null;
  readonly format: PayloadFormat;
  /** Of `data` in the body: see PublicEvent. */
  readonly version: number;
  readonly contentType: string;
  /** That belong to the format, such as `ce-id`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly createdAt: Date;
}

/** A message to be written, or with `id` one that exists already. */
export type NewMessage = Pick<
  Message,
  | "account"
  | "type"
  | "subject"
  | "subjectLabel"
  | "format"
  | "version"
  | "contentType"
  | "headers"
  | "body"
  | "event"
> & { readonly id?: string | undefined };
