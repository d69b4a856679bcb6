import type { DisplayPart } from "../events/renderSentence.ts";
import type { PayloadFormat } from "./endpoint.ts";
import type { PublicEvent } from "./publicForm.ts";

/** What a format may use besides the event. */
export interface FormatContext {
  /** `webhooks.source` of createTidings: who sends, as a URI. */
  readonly source: string;
  /** The event's sentence, of which `description` is the text. */
  readonly sentence: readonly DisplayPart[];
}

/** What is sent, but for the signature. */
export interface FormattedEvent {
  readonly contentType: string;
  /** That belong to the format, such as `ce-id`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A way to write the body. Another one is one more file under formats/, listed in formats.ts. */
export interface Format {
  readonly name: PayloadFormat;
  write(event: PublicEvent, context: FormatContext): FormattedEvent;
}
