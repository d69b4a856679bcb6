/** One request at the bundled receiver, as routes/webhooks.ts tells it. */
export interface Arrival {
  readonly number: number;
  readonly at: string;
  readonly messageId: string;
  readonly isSigned: boolean;
  readonly answered: number;
  readonly body: string;
}

export interface ArrivedEvent {
  readonly id: string | null;
  readonly type: string;
  readonly description: string;
}

/** The event in the body. What is no event, or came in another format, is shown as it is. */
export function eventIn(arrival: Arrival): ArrivedEvent {
  try {
    const { id, type, description } = JSON.parse(arrival.body) as Record<string, unknown>;
    return { id: textOr(id, null), type: textOr(type, "webhook"), description: textOr(description, "") };
  } catch {
    return { id: null, type: "webhook", description: "" };
  }
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === "string" ? value : other;
}
