import type { Tone } from "../shared/ToneMark.tsx";
import type { Endpoint } from "./api.ts";

/** What a person calls the endpoint. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** The rest of the address, which tells endpoints of one host apart. */
export function pathOf(url: string): string {
  if (!URL.canParse(url)) return "";
  const { pathname, search } = new URL(url);
  return pathname === "/" ? search : pathname + search;
}

/** "All events", "card.*", "card.moved and 3 more". */
export function typesWords(types: readonly string[]): string {
  if (types.includes("*")) return "All events";
  const [first = "", ...rest] = types;
  return rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

export interface StatusWords {
  readonly tone: Tone;
  readonly word: string;
  /** What that means and what to do, where there is something to do. */
  readonly advice: string | null;
}

export function statusWords(endpoint: Endpoint): StatusWords {
  if (endpoint.status === "disabled") return disabled[endpoint.disabledReason ?? "asked"];
  if (endpoint.delivery === "pull") return { tone: "quiet", word: "Waits to be asked", advice: null };
  const { breaker, failingSince } = endpoint.health;
  if (breaker === "open") {
    return {
      tone: "bad",
      word: "Pausing",
      advice:
        "Nearly every try failed, so we wait a little longer before each new one. Nothing is lost: deliveries wait, and go out as soon as one gets through.",
    };
  }
  if (failingSince !== null) {
    return {
      tone: "warn",
      word: "Failing",
      advice:
        "Deliveries are tried again by themselves; after five days without a success the endpoint is disabled.",
    };
  }
  return { tone: "good", word: "Enabled", advice: null };
}

const HELD = "What happens meanwhile is held. Enable it, then recover what it missed.";

const disabled: Readonly<Record<NonNullable<Endpoint["disabledReason"]>, StatusWords>> = {
  asked: { tone: "quiet", word: "Disabled", advice: `Nothing is sent to it. ${HELD}` },
  failing: {
    tone: "bad",
    word: "Disabled, was failing",
    advice: `Nothing got through for five days. ${HELD}`,
  },
  gone: {
    tone: "bad",
    word: "Disabled, it was gone",
    advice: `It answered 410 Gone, which asks us to stop. ${HELD}`,
  },
  control: {
    tone: "quiet",
    word: "Disabled by itself",
    advice: `It answered with webhook-delivery: disable, which asks us to stop. ${HELD}`,
  },
};
