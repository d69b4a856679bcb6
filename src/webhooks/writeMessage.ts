import { entityKey } from "../events/entity.ts";
import type { PositionedEvent, RecordedEvent } from "../events/recordedEvent.ts";
import type { Registry } from "../events/registry.ts";
import { webhookShapeFor } from "../events/webhookShape.ts";
import type { PayloadFormat } from "./endpoint.ts";
import { formats } from "./formats.ts";
import type { NewMessage } from "./message.ts";
import { publicFormWithSentence, type PublicEvent, type PublicEventWithSentence } from "./publicForm.ts";

export interface MessageWriterOptions {
  readonly registry: Registry;
  /** `webhooks.source`. */
  readonly source: string;
  /** What receivers see as the account. Default: its id. */
  readonly publicAccount?: ((account: string) => string) | undefined;
}

/** What of an endpoint decides how its messages are written. */
export interface MessageSettings {
  readonly format: PayloadFormat;
  readonly payloadVersion: number;
}

/**
 * Makes messages of events: each form and each format once, however many endpoints ask. Both calls give null for what never
 * goes out, and for an event that this process cannot read (`problem`).
 */
export interface MessageWriter {
  /** What filters are asked about. */
  publicForm(event: RecordedEvent, payloadVersion: number): PublicEvent | null;
  /** The same object for all who get the same bytes. `event` in it is null where the event has no position: a test. */
  write(event: RecordedEvent | PositionedEvent, settings: MessageSettings): NewMessage | null;
}

export function createMessageWriter(options: MessageWriterOptions): MessageWriter {
  const { registry, source, publicAccount = (account: string) => account } = options;
  // Both are forgotten with their events.
  const forms = new WeakMap<RecordedEvent, Map<number, PublicEventWithSentence>>();
  const messages = new WeakMap<PublicEvent, Map<PayloadFormat, NewMessage>>();

  function formOf(event: RecordedEvent, payloadVersion: number): PublicEventWithSentence | null {
    const definition = registry.find(event.type);
    if (!definition || definition.webhook === null || event.problem !== null) return null;
    // Several payload versions may mean one shape: they share its messages.
    const shape = webhookShapeFor(definition.webhook, payloadVersion)?.version ?? UNSHAPED;
    const ofEvent = remembered(forms, event);
    const account = publicAccount(event.account);
    const form =
      ofEvent.get(shape) ?? publicFormWithSentence(event, definition, registry, account, payloadVersion);
    if (form) ofEvent.set(shape, form);
    return form;
  }

  function write(event: RecordedEvent | PositionedEvent, settings: MessageSettings): NewMessage | null {
    const form = formOf(event, settings.payloadVersion);
    if (form === null) return null;
    const ofForm = remembered(messages, form.event);
    const message = ofForm.get(settings.format) ?? {
      account: event.account,
      type: form.event.type,
      subject: entityKey(form.event.subject),
      subjectLabel: form.event.subject.label,
      event: "position" in event ? { lane: event.lane, id: event.id, position: event.position } : null,
      format: settings.format,
      version: form.event.version,
      ...formats[settings.format].write(form.event, { source, sentence: form.sentence }),
    };
    ofForm.set(settings.format, message);
    return message;
  }

  return { publicForm: (event, payloadVersion) => formOf(event, payloadVersion)?.event ?? null, write };
}

/** No shape has this version. */
const UNSHAPED = 0;

function remembered<Key extends object, Inner, Value>(
  store: WeakMap<Key, Map<Inner, Value>>,
  key: Key,
): Map<Inner, Value> {
  const known = store.get(key) ?? new Map<Inner, Value>();
  store.set(key, known);
  return known;
}
