import type { Tone } from "../shared/ToneMark.tsx";
import type { Delivery, DeliveryState } from "./api.ts";

export const stateWords: Readonly<Record<DeliveryState, { readonly word: string; readonly tone: Tone }>> = {
  pending: { word: "Pending", tone: "quiet" },
  delivered: { word: "Delivered", tone: "good" },
  retrying: { word: "Retrying", tone: "warn" },
  failed: { word: "Failed", tone: "bad" },
  held: { word: "Held", tone: "quiet" },
  expired: { word: "Expired", tone: "quiet" },
};

export const originWords: Readonly<Record<Delivery["origin"], string | null>> = {
  event: null,
  send: "sent by hand",
  backfill: "history",
  test: "test",
};

export function triesWords(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "try" : "tries"}`;
}
